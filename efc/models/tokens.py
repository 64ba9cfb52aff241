import secrets

TOKEN_LENGTH = 43  # 256 bits; every token is as long as every other


def new_token():
    return secrets.token_urlsafe(32)

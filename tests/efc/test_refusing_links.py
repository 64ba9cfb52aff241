import pytest

from efc.links import has_link

MEANT_WELL = [
    "Please write to me at press@paper.example or call +32 2 555 12 34.",
    "We met at 10.30 in Brussels, e.g. on 3.4.2015. The report.The next sentence.",
    "Our company (Example B.V.) joins, i.e. soon. Dr. Smith etc. and so on...",
    "It costs 1.234,56 EUR; version 2.0.1 of the form.",
    "Directive 2011/93/EU, Art. 7(1) and/or section 3.2.a",
    "The U.S. and U.K. police met; topic: training. point to the fact; a dot is small",
]
LINKS = [
    "http://x",
    "hxxp://bad",
    "hxxps : // bad",
    "look at example.com please",
    "example dot com",
    "example [.] org",
    "example(dot)org",
    "www.foo",
    "abcdefgh.onion",
    "magnet:?xt=urn:btih:abc",
    "ipfs://bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi",
    "QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWKSPdG",
    "d41d8cd98f00b204e9800998ecf8427e",
    "192.168.1.20",
    "exa\u200bmple.com",
    "ｅｘａｍｐｌｅ．ｃｏｍ",
    "t.me/abc",
    "foo.de/bar",
    "//host/x",
]


@pytest.mark.parametrize("text", MEANT_WELL)
def test_what_people_write_passes(text):
    assert has_link(text) is False


@pytest.mark.parametrize("text", LINKS)
def test_links_are_found_also_in_disguise(text):
    assert has_link(f"Hello, {text} bye") is True

"""Work packages: what we do. Programmes with their objectives and work packages, and who leads and contributes when."""

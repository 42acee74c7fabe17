"""What the Makefile calls: environment, run, check, translations. No part of the product imports this."""

"""Settings of the site under proof: the reference site's own, with failpoints and mutants for a request.

The product knows nothing of these. What a request is to meet stands in its headers: ``Proof-Failpoint`` and
``Proof-Mutant``. ``PROOF_FAILPOINT`` and ``PROOF_MUTANT`` in the environment hold for every request, and
``PROOF_OAUTHCORE`` are settings of oauthcore as JSON that a run has in place of the usual ones, and
``PROOF_HASHED`` names a file to which each process adds a line for each password that it hashes.
"""

from __future__ import annotations

import json
import os

from reference_site.settings import *

#: Outermost, so that the answer is complete when it passes.
MIDDLEWARE = ["proof.failpoints.FailpointMiddleware", *MIDDLEWARE]
INSTALLED_APPS = [*INSTALLED_APPS, "proof.apps.ProofConfig"]

OAUTHCORE = {**OAUTHCORE, **json.loads(os.environ.get("PROOF_OAUTHCORE", "{}"))}

# How long a hash takes is not under proof, and the rig signs in thousands of times. Each hash is counted.
PASSWORD_HASHERS = ["proof.hashers.Counted"]

# Lines for each refusal would be most of what the rig writes.
LOGGING["root"]["level"] = "WARNING"
LOGGING["loggers"]["django"]["level"] = "ERROR"

"""The default world's endpoints that are meant to be noticed, and those that no scan can reach."""

from tests.simulation.organization.specification import EndpointSpec, Scaling, VariantSpec
from tests.simulation.organization.traffic import Traffic

PLATFORM, VISION, NLP = "210000000002", "320000000003", "320000000004"
LEGACY, FRAUD, RECOMMENDATIONS, ACQUIRED = "320000000005", "430000000006", "430000000007", "430000000008"
EAST = "us-east-1"


def _single(instance_type: str, count: int = 1) -> tuple[VariantSpec, ...]:
    return (VariantSpec("AllTraffic", instance_type, count),)


SPECIALS = (
    EndpointSpec(  # The first variant is silent, the second alone carries all traffic (D1.17).
        RECOMMENDATIONS,
        EAST,
        "home-ranker-ab",
        (
            VariantSpec("control", "ml.m5.xlarge", weight=0.0, traffic=Traffic.none()),
            VariantSpec("challenger", "ml.m5.xlarge", 2, traffic=Traffic.steady(1200)),
        ),
        210,
        tags={"team": "recommendations", "owner": "marco.bianchi@example.com"},
    ),
    EndpointSpec(  # Two variants, both forgotten, with autoscaling that goes with the endpoint (D3.5).
        PLATFORM,
        EAST,
        "llm-router-bakeoff",
        (VariantSpec("llama", "ml.g5.12xlarge", 2), VariantSpec("mistral", "ml.g5.2xlarge", 1)),
        95,
        tags={"team": "ml-platform", "owner": "ines.falk@example.com", "ticket": "MLP-2217"},
        scaling=(Scaling("llama", 2, 6), Scaling("mistral")),
    ),
    EndpointSpec(  # A tag value that a spreadsheet would run.
        NLP,
        EAST,
        "qa-finetune-workshop",
        _single("ml.g5.4xlarge"),
        61,
        tags={"team": "nlp", "owner": '=HYPERLINK("http://x","y")', "note": "+1-555-0100"},
    ),
    EndpointSpec(  # A tag value that a careless page would run.
        VISION,
        EAST,
        "clip-search-intern",
        _single("ml.g4dn.2xlarge"),
        133,
        tags={"team": "<script>alert(1)</script>", "owner": "lena.holm@example.com"},
    ),
    EndpointSpec(VISION, EAST, "safe-to-delete-approved", _single("ml.m5.large"), 300, tags={"team": "vision"}),
    EndpointSpec(NLP, EAST, "llama3-70b-demo", _single("ml.g5.48xlarge"), 47, tags={"owner": "ravi.menon@example.com"}),
    EndpointSpec(VISION, EAST, "diffusion-offsite", _single("ml.p4d.24xlarge"), 38, tags={"owner": ""}),
    EndpointSpec(  # The protect tag in another spelling.
        FRAUD,
        "eu-west-1",
        "sanction-match-dr",
        _single("ml.m5.2xlarge", 2),
        410,
        tags={"Endpoint-Sweep:Keep": "yes", "owner": "fraud-ml@example.com"},
    ),
    EndpointSpec(PLATFORM, EAST, "guardrail-v5", _single("ml.g5.xlarge"), 0.02, status="Creating", tags={}),
    EndpointSpec(FRAUD, EAST, "card-fraud-v9", _single("ml.c5.4xlarge", 4), 120, status="Updating", tags={}),
    EndpointSpec(
        VISION,
        "us-west-2",
        "sam2-video",
        _single("ml.g5.24xlarge"),
        52,
        status="Failed",
        failure_reason="The primary container for variant AllTraffic did not pass the ping health check. <b>!</b>",
        tags={"owner": "jo.adeyemi@example.com"},
    ),
    EndpointSpec(NLP, "eu-west-1", "ner-legal-eu", _single("ml.m5.xlarge"), 260, status="OutOfService", tags={}),
    EndpointSpec(  # In service, but not one datapoint: no proof of anything (D1.27).
        NLP, "eu-central-1", "translate-de-mute", _single("ml.g4dn.xlarge"), 77, traffic=Traffic.silent()
    ),
    EndpointSpec(
        VISION, "eu-central-1", "depth-map-late", _single("ml.g5.xlarge"), 88, traffic=Traffic.last_seen(13.5, 1)
    ),
)
# In cells that no scan reaches: suspended, without the role, or in the region that a policy denies.
HIDDEN = (
    EndpointSpec(LEGACY, EAST, "churn-2019", _single("ml.m5.xlarge"), 900),
    EndpointSpec(LEGACY, EAST, "lead-score-poc", _single("ml.c5.large"), 870),
    EndpointSpec(ACQUIRED, EAST, "chatbot-prod", _single("ml.g5.2xlarge", 2), 190, traffic=Traffic.steady(300)),
    EndpointSpec(ACQUIRED, EAST, "chatbot-staging", _single("ml.g5.2xlarge"), 190),
    EndpointSpec(ACQUIRED, "us-west-2", "intent-demo", _single("ml.m5.xlarge"), 240),
    EndpointSpec(RECOMMENDATIONS, "eu-central-1", "similar-items-de", _single("ml.g5.xlarge"), 150),
    EndpointSpec(
        RECOMMENDATIONS, "eu-central-1", "push-timing-de", _single("ml.c5.xlarge"), 80, traffic=Traffic.steady(9)
    ),
)

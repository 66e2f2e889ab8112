"""What is believed of SageMaker, asked in every cell."""

from endpoint_sweep.aws import probing
from endpoint_sweep.aws.endpoint.routers import has_policy
from endpoint_sweep.domain.errors import CellFailed, ResourceNotFound
from endpoint_sweep.probe.belief import Belief, Observation
from endpoint_sweep.probe.place import Place


def fields(place: Place) -> Observation:
    strange = [one.unknown_fields for one in place.described.values()]
    return Observation(strange.count(()), len(strange), tuple(sorted({field for found in strange for field in found})))


def missing_endpoint(place: Place) -> Observation:
    try:
        place.reader.describe(probing.NO_ENDPOINT)
    except ResourceNotFound:
        return Observation(1, 1)
    except CellFailed as error:
        return Observation(0, 1, (probing.refused_with(error),))
    return Observation(0, 1, ("it was described",))


def statuses(place: Place) -> Observation:
    found = [one.status for one in place.listed]
    known = probing.statuses(place.clients("sagemaker"))
    return Observation(sum(one in known for one in found), len(found), tuple(sorted({*found} - known)))


def oldest_first(place: Place) -> Observation:
    times = [one.created_at for one in place.listed]
    return Observation(int(times == sorted(times)), 1) if len(times) > 1 else Observation()


def routers(place: Place) -> Observation:
    try:
        list(place.reader.routers())
    except CellFailed as error:
        return Observation(0, 1, (probing.refused_with(error),))
    return Observation(1, 1)


def policies(place: Place) -> Observation:
    for one in place.described:
        try:
            has_policy(place.clients("sagemaker"), one.name)
        except CellFailed as error:
            return Observation(0, 1, (probing.refused_with(error),))
        return Observation(1, 1)
    return Observation()


BELIEFS: tuple[Belief[Place], ...] = (
    Belief("D13.6", "Its description and its configuration have no field that is not known here.", "endpoints", fields),
    Belief("D2.1", "ListEndpoints lists the oldest first where it is asked to.", "listings", oldest_first),
    Belief("D2.8", "Every status of an endpoint is known.", "endpoints", statuses),
    Belief("D3.2", "A missing endpoint is a ValidationException that begins with “Could not find endpoint”.",
           "descriptions of one that does not exist", missing_endpoint),
    Belief("D13.31", "GetEndpointPolicy answers with a ValidationException where there is no policy.", "endpoints",
           policies),
    Belief("D13.32", "A region without inference routers answers UnknownOperationException.", "regions", routers),
)  # fmt: skip

"""Runs the test that needs a correction of moto without it: `python -m tests.unit.simulation.leaving_out [name ...]`.

A test that stays green is told of, and the run fails. `name=test` tries another test than the one below.
"""

import os
import sys
from collections.abc import Mapping, Sequence
from unittest.mock import patch

import pytest
from _pytest.runner import runtestprotocol

from tests.simulation.member_aws.corrections import LEAVE_OUT

FOLDER = "tests/unit/simulation"
# The name of a correction -> a test in this folder that turns red without it.
NEEDED_BY = {
    "list-endpoints": "test_sagemaker.py::TestListing::test_order",
    "list-tags": "test_sagemaker.py::TestTags::test_of_a_missing_endpoint",
    "describe": "test_sagemaker.py::TestDescribing::test_only_what_aws_says",
    "delete": "test_sagemaker.py::TestDeleting::test_takes_a_while",
    "create": "test_autoscaling.py::test_an_endpoint_remembers_how_it_was_deployed",
    "weights": "test_autoscaling.py::test_a_weight_changes_without_the_count",
    "add-tags": "test_sagemaker.py::TestTags::test_a_key_exists_once",
    "tagged": "test_tagging.py::test_a_deleted_endpoint_is_gone",
    "list-models": "test_sagemaker.py::TestDescribing::test_models_are_listed_in_pages",
    "describe-config": "test_sagemaker.py::TestDescribing::test_missing_configuration",
    "create-config": "test_kinds.py::TestByApi::test_every_kind_can_be_created_from_what_describing_told",
    "create-model": "test_autoscaling.py::test_a_model_remembers_how_its_containers_work_together",
    "describe-model": "test_sagemaker.py::TestDescribing::test_model_can_be_made_again",
    "variants": "test_sagemaker.py::TestCreating::test_a_variant_without_model",
    "config-variants": "test_kinds.py::TestByApi::test_every_kind_can_be_created_from_what_describing_told",
    "instance-types": "test_sagemaker.py::TestCreating::test_current_instance_types[ml.g6.2xlarge]",
    "components": "test_sagemaker.py::TestListing::test_no_components",
    "component": "test_autoscaling.py::test_the_image_of_a_component_is_told_as_deployed",
    "new-component": "test_autoscaling.py::test_the_image_of_a_component_is_told_as_deployed",
    "no-component": "test_components.py::TestChanging::test_stuck_in_creating",
    "schedules": "test_guards.py::TestAttached::test_monitoring_schedules",
    "experiments": "test_guards.py::TestAttached::test_experiments",
    "experiment": "test_guards.py::TestAttached::test_experiments",
    "routers": "test_routers.py::test_routers_are_listed_without_their_destinations",
    "router": "test_routers.py::test_a_description_names_the_destinations_of_every_target",
    "policy": "test_routers.py::test_an_endpoint_without_a_policy_is_an_error",
    "new-policy": "test_routers.py::test_a_policy_can_be_put_and_read",
    "metric-data": "test_cloudwatch.py::TestZeroAndMissing::test_idle_publishes_zeros",
    "statistics": "test_cloudwatch.py::TestDimensions::test_statistics_are_exact_too",
    "list-metrics": "test_cloudwatch.py::TestListMetrics::test_forgets_after_two_weeks",
    "put-metric-data": "test_cloudwatch.py::TestOurOwnMetrics::test_put_and_read",
    "common-errors": "test_sts.py::test_a_role_that_is_not_there",
    "assume-role": "test_sts.py::test_a_role_that_is_not_there",
    "account-of-key": "test_sts.py::test_the_scan_role_reads_only",
    "delegated-administrator": "test_organizations.py::test_the_hub_may_ask_as_delegated_administrator",
    "account-state": "test_organizations.py::test_state_instead_of_status",
    "list-accounts": "test_organizations.py::test_pages_of_twenty",
    "accounts-for-parent": "test_organizations.py::test_children_come_in_pages_too",
    "units-for-parent": "test_organizations.py::test_units_come_in_pages_too",
    "regions": "test_services.py::TestAccountRegions::test_seen_from_inside",
    "get-resources": "test_tagging.py::test_a_page_is_not_cut_by_its_tags",
    "atomic put_item": "test_dynamodb.py::test_a_conditional_write_has_one_winner[put_item-corrected]",
    "atomic update_item": "test_dynamodb.py::test_a_conditional_write_has_one_winner[update_item-corrected]",
    "atomic delete_item": "test_dynamodb.py::test_a_conditional_write_has_one_winner[delete_item-corrected]",
    "atomic transact_write_items":
        "test_dynamodb.py::test_a_transaction_that_fails_undoes_nobody_elses_write[corrected]",
    "whole put_object": "test_s3.py::test_a_document_that_is_written_once_has_one_writer[corrected]",
    "whole get_object": "test_s3.py::test_nobody_sees_an_object_without_its_metadata[corrected]",
    "list-object-versions": "test_s3.py::test_a_list_costs_what_it_lists[corrected]",
    "url-module": "test_s3.py::test_the_routes_are_not_loaded_for_every_account[corrected]",
    "decrypt": "test_kms.py::test_a_data_key_of_another_key_is_told_apart[corrected]",
    "targets": "test_autoscaling.py::test_a_target_has_its_tags_and_the_role_of_the_service[variant]",
    "no-target": "test_autoscaling.py::test_policies_and_actions_go_with_the_target[deregister]",
    "target-tags": "test_autoscaling.py::test_a_target_has_its_tags_and_the_role_of_the_service[variant]",
    "dimensions": "test_autoscaling.py::test_a_target_has_its_tags_and_the_role_of_the_service[component]",
    "dimensions-asked": "test_autoscaling.py::test_a_target_has_its_tags_and_the_role_of_the_service[component]",
    "policy-pages": "test_autoscaling.py::test_policies_come_ten_a_page_and_scheduled_actions_fifty",
    "action-pages": "test_autoscaling.py::test_policies_come_ten_a_page_and_scheduled_actions_fifty",
    "policy-alarms": "test_autoscaling.py::test_a_step_policy_names_the_alarms_that_start_it",
    "start-time": "test_stepfunctions.py::test_every_state_knows_when_the_execution_began",
    "stop": "test_stepfunctions.py::test_it_is_aborted_and_nothing_follows",
    "stop-error": "test_stepfunctions.py::test_it_is_aborted_and_nothing_follows",
    "stop-events": "test_stepfunctions.py::test_it_is_aborted_and_nothing_follows",
    "subscriptions": "test_sns.py::test_subscriptions_are_counted",
}  # fmt: skip


class LeavingOut:
    """A plugin that runs a test once for every correction that it needs, without it. `red`: those that were missed."""

    def __init__(self, needed_by: Mapping[str, str]) -> None:
        self._needed_by = {name: f"{FOLDER}/{test}" for name, test in needed_by.items()}
        self.red: set[str] = set()

    @property
    def tests(self) -> list[str]:
        return sorted(set(self._needed_by.values()))

    def pytest_runtest_protocol(self, item: pytest.Item) -> bool:
        for name in (name for name, test in self._needed_by.items() if test == item.nodeid):
            with patch.dict(os.environ, {LEAVE_OUT: name}):
                # No next test: every fixture ends with this one, for a world of the whole file was made with others.
                reports = runtestprotocol(item, nextitem=None, log=False)
            if any(report.failed for report in reports):
                self.red.add(name)
        return True


def main(arguments: Sequence[str]) -> int:
    given = dict(argument.partition("=")[::2] for argument in arguments)
    needed_by = {name: test or NEEDED_BY[name] for name, test in given.items()} or NEEDED_BY
    plugin = LeavingOut(needed_by)
    pytest.main(["-q", "-p", "no:cacheprovider", *plugin.tests], plugins=[plugin])
    green = [f"{name}: {test} does not miss it" for name, test in needed_by.items() if name not in plugin.red]
    print(*green, f"{len(plugin.red)} of {len(needed_by)} corrections are missed when they are left out", sep="\n")
    return 1 if green else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

package io.nodejoin.activities.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.activities.kubernetes.preparation.Accounts;
import io.nodejoin.activities.kubernetes.preparation.AdminCluster;
import io.nodejoin.activities.kubernetes.preparation.ClusterPreparation;
import io.nodejoin.activities.kubernetes.preparation.ClusterPreparation.Result.Change;
import io.nodejoin.workflows.csr.ApprovalMode;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;

@Tag("real")
@ExtendWith(LiveClusterExtension.class)
@ResourceLock(LiveClusterExtension.CLUSTER)
class ClusterPreparationIT {
    private final LiveCluster cluster;

    ClusterPreparationIT(LiveCluster cluster) {
        this.cluster = cluster;
    }

    @Test
    void shouldChangeNothingTheSecondTime() throws IOException {
        // given a cluster that is prepared

        // when
        List<ClusterPreparation.Result> applied = prepare(false);

        // then
        assertThat(applied).hasSizeGreaterThan(20).allMatch(one -> one.change() == Change.unchanged);
    }

    @Test
    void shouldGuardBeforeItGivesRights() throws IOException {
        // when
        List<String> objects =
                prepare(true).stream().map(ClusterPreparation.Result::object).toList();

        // then
        assertThat(objects.indexOf("ValidatingAdmissionPolicyBinding nodejoin-tokens"))
                .isNotNegative()
                .isLessThan(objects.indexOf("RoleBinding kube-system/nodejoin:tokens"));
    }

    private List<ClusterPreparation.Result> prepare(boolean dryRun) throws IOException {
        try (AdminCluster admin = AdminCluster.open(cluster.adminKubeconfig())) {
            return new ClusterPreparation(admin, ApprovalMode.NODEJOIN, Accounts.single, dryRun).apply();
        }
    }
}

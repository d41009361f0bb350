package io.nodejoin.activities.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.nodejoin.protocol.event.LabelPolicy;
import io.nodejoin.protocol.hostile.HostileText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;

/** What requests are told about labels is what the API server then does. */
@Tag("real")
@ExtendWith(LiveClusterExtension.class)
@ResourceLock(LiveClusterExtension.CLUSTER)
class LabelPolicyIT {
    private static final Pattern KEY =
            Pattern.compile("([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");
    private static final PatchContext DRY_RUN = new PatchContext.Builder()
            .withPatchType(PatchType.JSON_MERGE)
            .withDryRun(List.of("All"))
            .build();

    private final LiveCluster cluster;
    private final KubernetesClient service;
    private final Node node;

    LabelPolicyIT(LiveCluster cluster) {
        this.cluster = cluster;
        this.service = cluster.clients().client(LiveCluster.NAME);
        this.node = cluster.admin()
                .resource(new NodeBuilder()
                        .withNewMetadata()
                        .withName("labels-" + UUID.randomUUID())
                        .endMetadata()
                        .build())
                .create();
    }

    @AfterEach
    void removeNode() {
        cluster.admin().resource(node).delete();
    }

    @Test
    void shouldDecideAsTheAdmissionPolicyDoes() {
        // given
        List<String> keys = HostileText.all().stream()
                .map(HostileText::text)
                .filter(text -> KEY.matcher(text).matches() && !text.contains(".."))
                .toList();
        Map<String, Boolean> decided = new LinkedHashMap<>();
        Map<String, Boolean> told = new LinkedHashMap<>();

        // when
        for (String key : keys) {
            decided.put(key, isAllowed(key));
            told.put(key, LabelPolicy.labelViolation(key).isEmpty());
        }

        // then
        assertThat(decided).isEqualTo(told).containsValues(true, false).hasSizeGreaterThan(40);
    }

    private boolean isAllowed(String key) {
        try {
            service.nodes()
                    .withName(node.getMetadata().getName())
                    .patch(DRY_RUN, "{\"metadata\": {\"labels\": {\"" + key + "\": \"a\"}}}");
            return true;
        } catch (KubernetesClientException e) {
            assertThat(e.getCode()).as(e.getMessage()).isEqualTo(403);
            assertThat(e).hasMessageContaining("may not set the label " + key);
            return false;
        }
    }
}

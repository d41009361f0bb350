package io.nodejoin.testbed.full;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.nodejoin.testbed.full.ResultFiles.Newest;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReleaseTableTest {
    @Test
    void shouldHaveARowForEachApiServerWithItsKubelets() {
        // given
        ObjectNode figures = ResultFiles.JSON.createObjectNode();
        ArrayNode pairs = figures.putArray("pairs");
        add(pairs, "v1.34.4", "v1.34.4");
        add(pairs, "v1.35.4", "v1.34.4");
        add(pairs, "v1.35.4", "v1.35.4");

        // when
        String table = ReleaseTable.of(result(figures));

        // then
        assertThat(table).startsWith("""
                        | API server | kubelets | container runtime |
                        |---|---|---|
                        | v1.34.4 | v1.34.4 | containerd 2.0 |
                        | v1.35.4 | v1.34.4, v1.35.4 | containerd 2.0 |
                        """);
    }

    private static Newest result(ObjectNode figures) {
        PartResult result =
                new PartResult(Outcome.PASSED, Instant.EPOCH, 30L, null, 0, null, figures, List.of(), null, null);
        return new Newest(
                Results.none("0123456789abcdef", LocalDate.EPOCH, new Machine(2, null, "Linux", null, null)), result);
    }

    private static void add(ArrayNode pairs, String apiServer, String kubelet) {
        pairs.addObject().put("apiServer", apiServer).put("kubelet", kubelet).put("runtime", "containerd 2.0");
    }
}

package io.nodejoin.service.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReadinessTest {
    private record Cluster(
            @Nullable String obstacle, @Nullable String warning) implements Readiness.Probe {}

    @Test
    void shouldWarnAndStayReady() {
        // given
        Readiness readiness = readiness(new Cluster(null, "joins go on, but anyone may list secrets"));

        // when
        readiness.start();

        // then
        await().until(readiness::isReady);
        assertThat(readiness.text())
                .contains("[+] kafka ok\n", "[!] cluster a: joins go on, but anyone may list secrets\n");
        readiness.stop();
    }

    @Test
    void shouldNotBeReadyWhileSomethingIsInTheWay() {
        // given
        Readiness readiness = readiness(new Cluster("joins are refused", "joins go on"));

        // when
        readiness.start();

        // then
        await().until(() -> readiness.text().contains("[+] kafka ok\n"));
        await().until(() -> readiness.text().contains("[-] cluster a: joins are refused\n"));
        assertThat(readiness.isReady()).isFalse();
        readiness.stop();
    }

    private static Readiness readiness(Cluster cluster) {
        Map<String, Readiness.Probe> probes = new LinkedHashMap<>();
        probes.put("kafka", () -> null);
        probes.put("cluster a", cluster);
        return new Readiness(probes);
    }
}

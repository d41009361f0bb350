package io.nodejoin.service.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.time.ManualScheduler;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReadinessTest {
    private static final Readiness.Probe SOUND = () -> null;

    private final CountDownLatch held = new CountDownLatch(1);
    private final Readiness.Probe hanging = () -> {
        held.await();
        return null;
    };
    private final ManualScheduler time = new ManualScheduler();
    private @Nullable Readiness readiness;

    private record Cluster(
            @Nullable String notReadyReason, @Nullable String warning) implements Readiness.Probe {}

    private record Alternative(@Nullable String notReadyReason) implements Readiness.Probe {
        @Override
        public boolean isOneOfSeveral() {
            return true;
        }
    }

    @AfterEach
    void stop() {
        held.countDown();
        if (readiness != null) {
            readiness.stop();
        }
    }

    @Test
    void shouldWarnAndStayReady() {
        // when
        Readiness readiness = started(SOUND, new Cluster(null, "joins are not refused, but anyone may list secrets"));

        // then
        await().until(readiness::isReady);
        assertThat(readiness.render())
                .contains("[+] kafka ok\n", "[!] cluster a: joins are not refused, but anyone may list secrets\n");
    }

    @Test
    void shouldNotBeReadyWhileSomethingIsInTheWay() {
        // when
        Readiness readiness = started(SOUND, new Cluster("joins are refused", "joins go on"));

        // then
        await().until(() -> readiness.render().contains("[+] kafka ok\n"));
        await().until(() -> readiness.render().contains("[-] cluster a: joins are refused\n"));
        assertThat(readiness.isReady()).isFalse();
    }

    @Test
    void shouldBeReadyWhileOneOfSeveralClustersIs() {
        // given
        Map<String, Readiness.Probe> probes = new LinkedHashMap<>();
        probes.put("kafka", SOUND);
        probes.put("cluster a", new Alternative(null));
        probes.put("cluster b", new Alternative("it does not answer"));

        // when
        Readiness some = started(probes);

        // then
        await().until(some::isReady);
        await().until(() -> some.render().contains("[-] cluster b: it does not answer\n"));
        assertThat(some.isReady()).isTrue();
    }

    @Test
    void shouldNotBeReadyWhileNoneOfSeveralClustersIs() {
        // given
        Map<String, Readiness.Probe> probes = new LinkedHashMap<>();
        probes.put("cluster a", new Alternative("it does not answer"));
        probes.put("cluster b", new Alternative("it does not answer"));

        // when
        Readiness none = started(probes);

        // then
        await().until(() -> none.render().contains("[-] cluster b: it does not answer\n"));
        assertThat(none.isReady()).isFalse();
    }

    @Test
    void shouldAskAgainAfterAnError() {
        // given
        AtomicInteger asked = new AtomicInteger();
        Readiness.Probe recovering = () -> {
            if (asked.incrementAndGet() == 1) {
                throw new StackOverflowError();
            }
            return null;
        };

        Readiness readiness = started(recovering, SOUND);
        await().until(() -> readiness.render().contains("StackOverflowError") && time.pending() == 2);

        // when
        time.advance(Readiness.PROBE_INTERVAL);

        // then
        await().until(readiness::isReady);
    }

    @Test
    void shouldNotBeReadyWhileADependencyDoesNotAnswer() {
        // given
        Readiness readiness = started(hanging, SOUND);
        await().until(() -> time.pending() == 1);

        // when
        passMoreThanLate();

        // then
        await().until(() -> readiness.render().contains("[+] cluster a ok\n"));
        assertThat(readiness.render()).contains("[-] kafka: its probe has not completed for 61 s\n");
        assertThat(readiness.isReady()).isFalse();
        assertThat(readiness.isStalled()).isFalse();
    }

    @Test
    void shouldStandStillAsLongAsNoDependencyAnswers() {
        // given
        Readiness readiness = started(hanging, hanging);
        boolean atOnce = readiness.isStalled();

        // when
        passMoreThanLate();

        // then
        assertThat(atOnce).isFalse();
        assertThat(readiness.isStalled()).isTrue();
        held.countDown();
        await().until(() -> !readiness.isStalled());
        await().until(readiness::isReady);
    }

    @Test
    void shouldNotStandStillBeforeItIsStartedNorWhenItIsStopped() {
        // given
        Readiness readiness = readiness(hanging, hanging);

        // when
        passMoreThanLate();
        boolean before = readiness.isStalled();
        readiness.start();
        readiness.stop();

        // then
        assertThat(before).isFalse();
        assertThat(readiness.isStalled()).isFalse();
    }

    private static ConditionFactory await() {
        return Awaitility.await().pollInterval(Duration.ofMillis(1));
    }

    private void passMoreThanLate() {
        time.advance(Readiness.STALE_AFTER.plusSeconds(1));
    }

    private Readiness started(Map<String, Readiness.Probe> probes) {
        Readiness made = new Readiness(probes, time::nanoTime, time);
        readiness = made;
        made.start();
        return made;
    }

    private Readiness started(Readiness.Probe kafka, Readiness.Probe cluster) {
        Readiness made = readiness(kafka, cluster);
        made.start();
        return made;
    }

    private Readiness readiness(Readiness.Probe kafka, Readiness.Probe cluster) {
        Map<String, Readiness.Probe> probes = new LinkedHashMap<>();
        probes.put("kafka", kafka);
        probes.put("cluster a", cluster);
        readiness = new Readiness(probes, time::nanoTime, time);
        return readiness;
    }
}

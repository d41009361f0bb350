package io.nodejoin.testbed.chaos;

import io.nodejoin.testbed.check.Checker;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks every second which tokens exist without a running join, and for how long. */
final class OrphanTokenMonitor {
    private static final Logger LOG = LoggerFactory.getLogger(OrphanTokenMonitor.class);
    private static final Duration MAX_ORPHAN_AGE = Duration.ofSeconds(60);

    private final Checker checker;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread thread =
            Thread.ofPlatform().name("orphan-token-monitor").daemon().unstarted(this::run);
    private final Map<String, Instant> since = new HashMap<>();
    private int samples;
    private int failedSamples;
    private Duration longest = Duration.ZERO;
    private String worst = "";

    OrphanTokenMonitor(Checker checker) {
        this.checker = checker;
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            while (!stopping.await(1, TimeUnit.SECONDS)) {
                sample();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void sample() {
        try {
            record(checker.orphanTokens(), Instant.now());
            samples++;
        } catch (RuntimeException e) { // components are down on purpose
            failedSamples++;
            LOG.debug("no look at tokens now: {}", e.toString());
        }
    }

    private void record(Set<String> orphans, Instant now) {
        since.keySet().retainAll(orphans);
        for (String orphan : orphans) {
            Duration age = Duration.between(since.computeIfAbsent(orphan, _ -> now), now);
            if (age.compareTo(longest) > 0) {
                longest = age;
                worst = orphan;
            }
        }
    }

    /** Stops the checks and reports their findings. */
    Findings stopAndReport() {
        stopping.countDown();
        try {
            thread.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        List<String> broken = new ArrayList<>();
        if (longest.compareTo(MAX_ORPHAN_AGE) > 0) {
            broken.add("a token was alive without a running join for " + longest + ": " + worst);
        }
        if (samples <= failedSamples) {
            broken.add(failedSamples + " of " + (samples + failedSamples) + " looks failed");
        }
        return new Findings("orphan tokens", broken)
                .with("samples", samples)
                .with("looks that failed", failedSamples)
                .with("longest life without a join in seconds", longest.toSeconds());
    }
}

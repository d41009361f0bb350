package io.nodejoin.testbed.bench;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.nodejoin.testbed.TestBed;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Measures what a bed uses. A look at the API server's metrics costs it time, which is not measured. */
final class UsageMeter {
    private static final double NANOS = 1e9;

    private final TestBed bed;
    private final KubernetesClient admin;
    private final LongSupplier kubeletCalls;

    /** @param kubeletCalls how many requests to the API server kubelets have made until now */
    UsageMeter(TestBed bed, KubernetesClient admin, LongSupplier kubeletCalls) {
        this.bed = bed;
        this.admin = admin;
        this.kubeletCalls = kubeletCalls;
    }

    /** Reads all counters, those of CPU time last. */
    Usage begin() {
        ApiRequests requests = requests();
        long calls = kubeletCalls.getAsLong();
        return new Usage(System.nanoTime() / NANOS, StormCpu.of(bed), requests, calls);
    }

    /** Returns what was used since then: reads all counters, those of CPU time first. */
    Usage since(Usage begin) {
        double now = System.nanoTime() / NANOS;
        StormCpu cpu = StormCpu.of(bed);
        long calls = kubeletCalls.getAsLong();
        return new Usage(now, cpu, requests(), calls).minus(begin);
    }

    /** Returns what is used in so many seconds in which nothing happens. */
    Usage atRest(int seconds) throws InterruptedException {
        Usage begin = begin();
        TimeUnit.SECONDS.sleep(seconds);
        return since(begin);
    }

    private ApiRequests requests() {
        return ApiRequests.parse(admin.raw("/metrics"));
    }
}

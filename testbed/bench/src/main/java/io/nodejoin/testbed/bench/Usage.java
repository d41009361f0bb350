package io.nodejoin.testbed.bench;

/**
 * What was used in some time.
 *
 * @param seconds the time
 * @param requests to the API server
 * @param kubeletCalls those of them that kubelets have made
 */
record Usage(double seconds, StormCpu cpu, ApiRequests requests, double kubeletCalls) {

    Usage minus(Usage other) {
        return new Usage(
                seconds - other.seconds,
                cpu.minus(other.cpu),
                requests.minus(other.requests),
                kubeletCalls - other.kubeletCalls);
    }

    /** The share of one, in as much time. */
    Usage times(double factor) {
        return new Usage(seconds, cpu.times(factor), requests.times(factor), kubeletCalls * factor);
    }

    /** The same without what is used in this time when nothing happens. */
    Usage beyond(Usage idle) {
        Usage background = idle.times(seconds / idle.seconds);
        return new Usage(
                seconds,
                cpu.minus(background.cpu),
                requests.minus(background.requests),
                kubeletCalls - background.kubeletCalls);
    }

    /** Requests to the API server that no kubelet has made. */
    double apiCalls() {
        return requests.total() - kubeletCalls;
    }
}

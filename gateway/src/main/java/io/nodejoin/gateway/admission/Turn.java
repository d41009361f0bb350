package io.nodejoin.gateway.admission;

import org.jspecify.annotations.Nullable;

/** One request's wait for its node's turn. Close it when the request ends. Thread-safe. */
public final class Turn implements AutoCloseable {
    private final AdmissionRequest request;
    private final Runnable wake;
    private final @Nullable AdmissionWindow window;
    private volatile boolean admitted;

    Turn(AdmissionRequest request, Runnable wake, AdmissionWindow window) {
        this.request = request;
        this.wake = wake;
        this.window = window;
    }

    private Turn(AdmissionRequest request) {
        this.request = request;
        this.wake = () -> {};
        this.window = null;
        this.admitted = true;
    }

    /** Returns one that need not wait. */
    static Turn unlimited(AdmissionRequest request) {
        return new Turn(request);
    }

    AdmissionRequest request() {
        return request;
    }

    /** Returns whether the proof may be handed over now. */
    public boolean isAdmitted() {
        return admitted;
    }

    /** Returns whether the join is to learn now that its agent waits: true once in each interval of a wait. */
    public boolean takeReport() {
        return window != null && window.takeReport(request.node());
    }

    void admit() {
        admitted = true;
        wake.run();
    }

    /** The join has taken the proof: it is under way until its host has a kubelet, or fails. */
    public void bound() {
        if (window != null) {
            window.bound(request.node());
        }
    }

    /** Gives the slot back unless the join has taken a proof; a place that has not had its turn is kept for a while. */
    @Override
    public void close() {
        if (window != null) {
            window.leave(this);
        }
    }
}

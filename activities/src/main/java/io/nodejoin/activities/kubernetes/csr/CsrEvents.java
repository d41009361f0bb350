package io.nodejoin.activities.kubernetes.csr;

import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.nodejoin.activities.kubernetes.EventRecorder;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Problem;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells decisions in Events on the CSR. Who holds a token can have any number of requests denied, so of the denials of a
 * cluster only the first ones of each minute are told.
 */
public final class CsrEvents implements CsrDecisionListener {
    static final int MAX_DENIALS = 60;
    private static final Duration WINDOW = Duration.ofMinutes(1);

    private final EventRecorder recorder;
    private final InstantSource clock;
    private final Map<ClusterName, Window> denials = new HashMap<>();

    public CsrEvents(EventRecorder recorder, InstantSource clock) {
        this.recorder = recorder;
        this.clock = clock;
    }

    private record Window(Instant begin, int told) {}

    @Override
    public void approved(ClusterName cluster, CertificateSigningRequest csr, JoinId join, String message) {
        write(cluster, csr, join, false, "CertificateApproved", message);
    }

    @Override
    public void denied(ClusterName cluster, CertificateSigningRequest csr, @Nullable JoinId join, Problem problem) {
        if (mayTellDenial(cluster)) {
            String note = problem.code() + ": " + problem.detail() + "; remedy: "
                    + problem.code().remedy();
            write(cluster, csr, join, true, "CertificateDenied", note);
        }
    }

    private synchronized boolean mayTellDenial(ClusterName cluster) {
        Instant now = clock.instant();
        Window open = denials.get(cluster);
        Window window = open == null || !open.begin().plus(WINDOW).isAfter(now) ? new Window(now, 0) : open;
        denials.put(cluster, new Window(window.begin(), window.told() + 1));
        return window.told() < MAX_DENIALS;
    }

    private void write(
            ClusterName cluster,
            CertificateSigningRequest csr,
            @Nullable JoinId join,
            boolean warning,
            String reason,
            String note) {
        ObjectReference regarding = new ObjectReferenceBuilder()
                .withApiVersion("certificates.k8s.io/v1")
                .withKind("CertificateSigningRequest")
                .withName(csr.getMetadata().getName())
                .withUid(csr.getMetadata().getUid())
                .build();
        recorder.write(
                cluster, List.of(new EventRecorder.Entry(regarding, join, clock.instant(), warning, reason, note)));
    }
}

package io.nodejoin.cli.doctor;

import io.fabric8.kubernetes.api.model.authentication.SelfSubjectReview;
import io.fabric8.kubernetes.api.model.authentication.UserInfo;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.nodejoin.activities.kubernetes.clusterinfo.ApprovalRights;
import io.nodejoin.activities.kubernetes.preparation.AdminCluster;
import io.nodejoin.cli.doctor.ProbeTokens.ProbeToken;
import io.nodejoin.cli.doctor.ProbeTokens.Usage;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Authenticates with a real token, then deletes it and waits until it is rejected. */
record TokenAuthentication(AdminCluster cluster, ProbeTokens tokens, Poll poll) implements Check {
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    /** API servers receive Secrets by a watch. */
    private static final Duration KNOWN_WITHIN = Duration.ofSeconds(10);

    private static final Duration REVOKED_WITHIN = Duration.ofSeconds(30);

    @Override
    public Finding run() {
        try (ProbeToken probe = tokens.live(Usage.authentication);
                KubernetesClient bearer = cluster.withToken(probe.token())) {
            if (!poll.until(KNOWN_WITHIN, () -> isKnown(bearer))) {
                return Finding.failed(
                        "the API server responds with 401 to an existing bootstrap token",
                        "a host proves itself by such a token",
                        "start kube-apiserver with --enable-bootstrap-token-auth=true");
            }
            @Nullable UserInfo user = userOf(bearer);
            probe.delete();
            if (!poll.until(REVOKED_WITHIN, () -> !isKnown(bearer))) {
                return Finding.failed(
                        "a deleted token is still accepted after " + REVOKED_WITHIN.toSeconds() + " s",
                        "a join succeeds only once its token is rejected",
                        "check the watch of Secrets in kube-apiserver's log, and other token authenticators");
            }
            return evaluate(user, probe);
        }
    }

    private static Finding evaluate(@Nullable UserInfo user, ProbeToken probe) {
        Set<String> wanted = new HashSet<>(ApprovalRights.GROUPS);
        boolean asExpected = user == null
                || (probe.token().id().user().equals(user.getUsername())
                        && wanted.equals(new HashSet<>(user.getGroups())));
        return asExpected
                ? new Finding.Passed(
                        "the API server accepts a new token immediately, and rejects it once it is deleted")
                : Finding.failed(
                        "a token authenticates as another user or with other groups: its groups are not "
                                + ApprovalRights.GROUPS,
                        "Nodejoin approves only CSRs of exactly these groups",
                        "find other authenticators than kube-apiserver's own for bootstrap tokens");
    }

    private static boolean isKnown(KubernetesClient bearer) {
        try {
            bearer.authentication().v1().selfSubjectReviews().create(new SelfSubjectReview());
            return true;
        } catch (KubernetesClientException e) {
            return switch (e.getCode()) {
                case UNAUTHORIZED -> false;
                case FORBIDDEN -> true;
                default -> throw e;
            };
        }
    }

    /** Null if the cluster allows no SelfSubjectReview. */
    private static @Nullable UserInfo userOf(KubernetesClient bearer) {
        try {
            return bearer.authentication()
                    .v1()
                    .selfSubjectReviews()
                    .create(new SelfSubjectReview())
                    .getStatus()
                    .getUserInfo();
        } catch (KubernetesClientException e) {
            if (e.getCode() == FORBIDDEN) {
                return null;
            }
            throw e;
        }
    }
}

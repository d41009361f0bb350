package io.nodejoin.testbed.check;

import java.util.List;

/**
 * The result of a scan for secrets.
 *
 * @param secrets number of secrets
 * @param places number of histories, topics and logs
 * @param found each secret in each place that contains it
 */
public record SecretScan(int secrets, int places, List<Violation> found) {
    static SecretScan of(ClusterSnapshot snapshot) {
        return new SecretScan(
                snapshot.secrets().size(),
                snapshot.sinks().size(),
                Invariants.violations(snapshot).stream()
                        .filter(violation -> violation.invariant().equals(Invariants.NO_SECRET))
                        .toList());
    }
}

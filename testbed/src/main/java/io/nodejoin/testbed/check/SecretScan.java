package io.nodejoin.testbed.check;

import java.util.List;

/**
 * A look for secrets.
 *
 * @param secrets how many were looked for
 * @param places in how many histories, topics and logs
 * @param found each secret in each place where it stands
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

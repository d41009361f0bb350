package io.nodejoin.testbed.check;

import java.util.List;

/**
 * A look for secrets.
 *
 * @param secrets how many were looked for
 * @param places in how many histories, topics and logs
 * @param found each secret in each place where it stands
 */
public record SecretLook(int secrets, int places, List<Violation> found) {
    static SecretLook at(Scene scene) {
        return new SecretLook(
                scene.secrets().size(),
                scene.sinks().size(),
                Invariants.violations(scene).stream()
                        .filter(violation -> violation.invariant().equals(Invariants.NO_SECRET))
                        .toList());
    }
}

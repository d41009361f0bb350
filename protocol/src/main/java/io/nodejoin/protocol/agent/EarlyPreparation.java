package io.nodejoin.protocol.agent;

import java.util.regex.Pattern;

/**
 * The preparation of a host before its join is known. A join that would send the same command uses it.
 *
 * @param command what the host is prepared for; it passed the checks of this profile and these settings
 * @param kubeletKeyDigest lower-case hex SHA-256 of the SubjectPublicKeyInfo of the key that the kubelet's client
 *     certificate will be requested for
 */
public record EarlyPreparation(HostCommand.PrepareHost command, HostFacts facts, String kubeletKeyDigest) {
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

    public EarlyPreparation {
        if (!DIGEST.matcher(kubeletKeyDigest).matches()) {
            throw new IllegalArgumentException("kubeletKeyDigest is no SHA-256 in lower-case hex");
        }
    }
}

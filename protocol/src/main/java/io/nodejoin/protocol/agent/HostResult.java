package io.nodejoin.protocol.agent;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.nodejoin.protocol.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code POST /v1/assignments/{id}/result}: the result of a command. Idempotent. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "result")
@JsonSubTypes({
    @JsonSubTypes.Type(name = "PreflightPassed", value = HostResult.PreflightPassed.class),
    @JsonSubTypes.Type(name = "HostPrepared", value = HostResult.HostPrepared.class),
    @JsonSubTypes.Type(name = "KubeletBootstrapped", value = HostResult.KubeletBootstrapped.class),
    @JsonSubTypes.Type(name = "HostReset", value = HostResult.HostReset.class),
    @JsonSubTypes.Type(name = "Diagnostics", value = HostResult.Diagnostics.class),
    @JsonSubTypes.Type(name = "HostFailed", value = HostResult.HostFailed.class)
})
public sealed interface HostResult {

    /** The preflight found no error. */
    record PreflightPassed(HostFacts facts, List<Finding> findings) implements HostResult {
        public PreflightPassed {
            findings = List.copyOf(findings);
        }
    }

    /**
     * The host matches the profile.
     *
     * @param planDigest SHA-256 of the plan; equal plans have equal digests
     * @param changed names of the steps that changed the host, empty on a second call
     * @param kubeletKeyDigest lower-case hex SHA-256 of the SubjectPublicKeyInfo of the key that the kubelet's client
     *     certificate will be requested for; absent if the kubelet creates its key itself
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record HostPrepared(
            String planDigest,
            List<String> changed,
            @Nullable String kubeletKeyDigest) implements HostResult {
        public HostPrepared {
            changed = List.copyOf(changed);
        }
    }

    /**
     * The kubelet runs with its own certificate; the API server rejected the token with 401, and the host erased it.
     *
     * @param clientKeyDigest lower-case hex SHA-256 of the SubjectPublicKeyInfo of the kubelet's client certificate
     */
    record KubeletBootstrapped(String clientKeyDigest) implements HostResult {}

    /**
     * The host is in the state before the join, apart from the residue.
     *
     * @param tokenRefused whether the agent held a token and the API server rejected it with 401
     * @param wipedKeyDigest lower-case hex SHA-256 of the SubjectPublicKeyInfo of the kubelet's client key that was on the
     *     host and has been erased; absent if there was none, or if it may still exist, which the residue then says
     * @param residue what could not be undone
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record HostReset(boolean tokenRefused, @Nullable String wipedKeyDigest, List<Finding> residue)
            implements HostResult {
        public HostReset {
            residue = List.copyOf(residue);
        }
    }

    /** The last redacted lines of the kubelet's log. */
    record Diagnostics(List<String> lines) implements HostResult {
        public Diagnostics {
            lines = List.copyOf(lines);
        }
    }

    /**
     * The command was rejected or failed; its changes stay in the journal for {@code ResetHost}.
     *
     * @param findings all findings of a failed preflight, or of the failed step
     * @param log the last redacted lines of the host's log
     */
    record HostFailed(Problem problem, List<Finding> findings, List<String> log) implements HostResult {
        public HostFailed {
            findings = List.copyOf(findings);
            log = List.copyOf(log);
        }
    }
}

package io.nodejoin.gateway.http;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.PlainText;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.agent.Finding;
import io.nodejoin.protocol.agent.HostFacts;
import io.nodejoin.protocol.agent.HostResult;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a host says is untrusted: its texts lose the characters that act on a terminal, and its codes are those that a host
 * can mean. Another code would speak of the cluster or of the request, of which a host knows nothing.
 */
final class UntrustedResult {
    private static final Set<ErrorCode> HOST_CODES = EnumSet.of(
            ErrorCode.AGENT_DUPLICATE_SESSION,
            ErrorCode.AGENT_IDENTITY_MISMATCH,
            ErrorCode.AGENT_UNREACHABLE,
            ErrorCode.ARTIFACT_DIGEST_MISMATCH,
            ErrorCode.CA_PIN_MISMATCH,
            ErrorCode.CERTIFICATE_NOT_ISSUED,
            ErrorCode.CLUSTER_INFO_CHANGED,
            ErrorCode.CLUSTER_INFO_SIGNATURE_INVALID,
            ErrorCode.CLUSTER_INFO_SIGNATURE_MISSING,
            ErrorCode.COMMAND_STALE,
            ErrorCode.COMMAND_UNKNOWN,
            ErrorCode.CSR_KEY_MISMATCH,
            ErrorCode.HOST_CANNOT_REACH_API_SERVER,
            ErrorCode.HOST_CLOCK_SKEW,
            ErrorCode.HOST_COMMAND_FAILED,
            ErrorCode.HOST_DISK_FULL,
            ErrorCode.HOST_PATH_UNSAFE,
            ErrorCode.HOST_PREFLIGHT_FAILED,
            ErrorCode.HOST_PREPARE_FAILED,
            ErrorCode.HOST_RESET_FAILED,
            ErrorCode.HOST_ROLLBACK_INCOMPLETE,
            ErrorCode.INTERNAL,
            ErrorCode.KUBELET_INSECURE,
            ErrorCode.KUBELET_NOT_STARTED,
            ErrorCode.REVOCATION_UNVERIFIED,
            ErrorCode.STEP_OUTPUT_LIMIT,
            ErrorCode.TOKEN_LOST,
            ErrorCode.TOKEN_SEAL_INVALID);

    private UntrustedResult() {}

    /** Returns the result with plain texts and a code that a host can mean. */
    static HostResult sanitize(HostResult result) {
        return switch (result) {
            case HostResult.PreflightPassed passed ->
                new HostResult.PreflightPassed(facts(passed.facts()), findings(passed.findings()));
            case HostResult.HostPrepared prepared ->
                new HostResult.HostPrepared(
                        PlainText.of(prepared.planDigest()),
                        PlainText.of(prepared.changed()),
                        plain(prepared.kubeletKeyDigest()));
            case HostResult.KubeletBootstrapped bootstrapped ->
                new HostResult.KubeletBootstrapped(PlainText.of(bootstrapped.clientKeyDigest()));
            case HostResult.HostReset reset ->
                new HostResult.HostReset(
                        reset.tokenRefused(), plain(reset.wipedKeyDigest()), findings(reset.residue()));
            case HostResult.Diagnostics diagnostics -> new HostResult.Diagnostics(PlainText.of(diagnostics.lines()));
            case HostResult.HostFailed failed ->
                new HostResult.HostFailed(
                        problem(failed.problem()), findings(failed.findings()), PlainText.of(failed.log()));
        };
    }

    private static Problem problem(Problem said) {
        String detail = PlainText.of(said.detail());
        return HOST_CODES.contains(said.code())
                ? new Problem(said.code(), detail)
                : new Problem(
                        ErrorCode.HOST_COMMAND_FAILED,
                        "the host says " + said.code() + ", which is not its to say: " + detail);
    }

    private static HostFacts facts(HostFacts said) {
        return new HostFacts(
                PlainText.of(said.machineId()),
                plain(said.systemUuid()),
                plain(said.kubeletVersion()),
                PlainText.of(said.os()),
                PlainText.of(said.kernel()));
    }

    private static List<Finding> findings(List<Finding> said) {
        return said.stream()
                .map(finding -> new Finding(
                        PlainText.of(finding.name()),
                        finding.severity(),
                        PlainText.of(finding.detail()),
                        PlainText.of(finding.remedy())))
                .toList();
    }

    private static @Nullable String plain(@Nullable String text) {
        return text == null ? null : PlainText.of(text);
    }
}

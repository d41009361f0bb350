package io.nodejoin.activities.kubernetes.csr;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.nodejoin.protocol.ErrorCode;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;

/**
 * One attempt of our own token at more than the join's node, and the rule that it breaks first.
 *
 * @param request as the API server would show it, if it took it
 */
public record HostileCase(String name, CertificateSigningRequest request, ErrorCode code, String rule) {

    private static final List<HostileCase> ALL = Stream.of(
                    HostileEnvelopes.all(),
                    HostileTexts.all(),
                    HostileKeys.all(),
                    HostileSubjects.all(),
                    HostileAttributes.all())
            .flatMap(cases -> cases)
            .toList();

    /** All requests that break a rule by what they ask for, whatever their circumstances. */
    public static Stream<HostileCase> all() {
        return ALL.stream();
    }

    static HostileCase violating(String rule, String name, PKCS10CertificationRequest pkcs10) {
        return violating(rule, name, TestCsrs.of(pkcs10));
    }

    static HostileCase violating(String rule, String name, CertificateSigningRequest csr) {
        return new HostileCase(name, csr, ErrorCode.CSR_RULE_VIOLATED, rule);
    }

    @Override
    public String toString() {
        return name;
    }
}

package io.nodejoin.activities.kubernetes.csr;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import java.security.KeyPair;
import java.util.stream.Stream;

/** A request as a kubelet of today, or one of tomorrow, makes it for its own node. */
public record ValidCase(String name, CertificateSigningRequest request) {

    /** One of each kind of key that the rules allow, and of each optional part. */
    public static Stream<ValidCase> all() {
        ValidCase rsa = with("RSA of 2048 bits", Pkcs10Forge.other("RSA", 2048), "SHA256withRSA");
        return Stream.of(
                new ValidCase("P-256", TestCsrs.honest()),
                with("P-384", Pkcs10Forge.ec("secp384r1"), "SHA384withECDSA"),
                with("Ed25519", Pkcs10Forge.other("Ed25519", 0), "Ed25519"),
                rsa,
                with("RSA of 3072 bits", Pkcs10Forge.other("RSA", 3072), "SHA384withRSA"),
                with("RSA of 4096 bits", Pkcs10Forge.other("RSA", 4096), "SHA512withRSA"),
                new ValidCase(
                        "RSA with key encipherment",
                        new CertificateSigningRequestBuilder(rsa.request)
                                .editSpec()
                                .addToUsages("key encipherment")
                                .endSpec()
                                .build()),
                new ValidCase(
                        "a life of an hour",
                        new CertificateSigningRequestBuilder(TestCsrs.honest())
                                .editSpec()
                                .withExpirationSeconds(3600)
                                .endSpec()
                                .build()));
    }

    private static ValidCase with(String name, KeyPair key, String algorithm) {
        return new ValidCase(
                name,
                TestCsrs.of(Pkcs10Forge.signed(Pkcs10Forge.subject(TestCsrs.GROUP, TestCsrs.NAME), key, algorithm)));
    }

    @Override
    public String toString() {
        return name;
    }
}

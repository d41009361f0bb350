package io.nodejoin.activities.kubernetes.csr;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.util.stream.Stream;

/** A request as a kubelet of today, or one of tomorrow, makes it for its own node. */
public record ValidCase(String name, CertificateSigningRequest request) {

    /** One of each kind of key that the rules allow, and of each optional part. */
    public static Stream<ValidCase> all() {
        ValidCase rsa = recorded("RSA of 2048 bits", "rsa-2048.csr");
        return Stream.of(
                new ValidCase("P-256", TestCsrs.honest()),
                with("P-384", Pkcs10Forge.ec("secp384r1"), "SHA384withECDSA"),
                with("Ed25519", Pkcs10Forge.other("Ed25519", 0), "Ed25519"),
                rsa,
                recorded("RSA of 3072 bits", "rsa-3072.csr"),
                recorded("RSA of 4096 bits", "rsa-4096.csr"),
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

    /** One that was signed once: such a key takes seconds to generate. */
    private static ValidCase recorded(String name, String resource) {
        try (InputStream request = requireNonNull(ValidCase.class.getResourceAsStream(resource))) {
            return new ValidCase(name, TestCsrs.ofText(new String(request.readAllBytes(), StandardCharsets.US_ASCII)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}

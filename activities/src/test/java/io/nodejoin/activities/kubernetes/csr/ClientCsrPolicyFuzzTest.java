package io.nodejoin.activities.kubernetes.csr;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import io.nodejoin.activities.kubernetes.csr.ClientCsrPolicy.ClusterState;
import io.nodejoin.protocol.hostile.Fuzzing;
import io.nodejoin.protocol.hostile.Mutator;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.junit.jupiter.api.Test;

class ClientCsrPolicyFuzzTest {
    private static final ClusterState QUIET = new ClusterState(Optional.empty(), List.of());
    private static final PKCS10CertificationRequest HONEST = TestCsrs.honestPkcs10();
    private static final byte[] DER = Pkcs10Forge.der(HONEST);
    private static final String PEM = Pkcs10Forge.pem(HONEST);

    @Test
    void shouldApproveNothingButTheHonestRequest() {
        Fuzzing.check("CSR", mutator -> {
            // given
            CertificateSigningRequest csr = request(mutator);

            // when
            CsrDecision decision = ClientCsrPolicy.evaluate(csr, TestCsrs.ORDER, QUIET);
            CsrDecision withKnownKey = ClientCsrPolicy.evaluate(csr, TestCsrs.KNOWN_KEY_ORDER, QUIET);

            // then
            assertThat(withKnownKey).hasSameClassAs(decision);
            switch (decision) {
                case CsrDecision.Approve(String keyDigest, List<String> _) -> assertAsksForTheSame(csr, keyDigest);
                case CsrDecision.Deny deny ->
                    assertThat(deny.problem().detail()).matches("[ -~]{1,600}");
                case CsrDecision.NotManaged _ -> throw new AssertionError("the user is ours");
            }
        });
    }

    /** Bytes and text of the envelope; its structure; and its structure under a signature that fits. */
    private static CertificateSigningRequest request(Mutator mutator) throws IOException, GeneralSecurityException {
        return switch (mutator.nextInt(5)) {
            case 0 -> withRequest(mutator.mutateBytes(base64(PEM)));
            case 1 -> withRequest(base64(mutator.mutateText(PEM)));
            case 2 -> TestCsrs.ofText(Pkcs10Forge.pem("CERTIFICATE REQUEST", mutator.mutateBytes(DER)));
            case 3 -> {
                ASN1Primitive changed = new DerMutation(mutator).of(ASN1Primitive.fromByteArray(DER));
                yield TestCsrs.ofText(Pkcs10Forge.pem("CERTIFICATE REQUEST", Pkcs10Forge.der(changed)));
            }
            default -> resigned(mutator);
        };
    }

    private static CertificateSigningRequest resigned(Mutator mutator) throws IOException, GeneralSecurityException {
        ASN1Sequence honest = ASN1Sequence.getInstance(DER);
        ASN1Primitive info = new DerMutation(mutator).of(honest.getObjectAt(0).toASN1Primitive());
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(TestCsrs.KEY.getPrivate());
        signature.update(Pkcs10Forge.der(info));
        ASN1Encodable signed =
                new DERSequence(new ASN1Encodable[] {info, honest.getObjectAt(1), new DERBitString(signature.sign())});
        return TestCsrs.ofText(Pkcs10Forge.pem("CERTIFICATE REQUEST", Pkcs10Forge.der(signed)));
    }

    private static byte[] base64(String pem) {
        return Base64.getEncoder().encode(pem.getBytes(UTF_8));
    }

    private static CertificateSigningRequest withRequest(byte[] request) {
        return new CertificateSigningRequestBuilder(TestCsrs.honest())
                .editSpec()
                .withRequest(new String(request, US_ASCII))
                .endSpec()
                .build();
    }

    private static void assertAsksForTheSame(CertificateSigningRequest csr, String keyDigest) throws IOException {
        PKCS10CertificationRequest approved =
                ParsedCsr.parse(csr.getSpec().getRequest()).orElseThrow().pkcs10();
        assertThat(approved.getSubjectPublicKeyInfo().getEncoded())
                .isEqualTo(HONEST.getSubjectPublicKeyInfo().getEncoded());
        assertThat(keyDigest).isEqualTo(ParsedCsr.keyDigest(TestCsrs.honest()).orElseThrow());
        assertThat(approved.getAttributes()).isEmpty();
        X500Name subject = approved.getSubject();
        assertThat(subject.getRDNs()).hasSize(2);
        assertThat(only(subject.getRDNs(BCStyle.O))).isEqualTo(TestCsrs.GROUP);
        assertThat(only(subject.getRDNs(BCStyle.CN))).isEqualTo(TestCsrs.NAME);
    }

    private static String only(RDN[] names) {
        assertThat(names).hasSize(1);
        AttributeTypeAndValue[] values = names[0].getTypesAndValues();
        assertThat(values).hasSize(1);
        return IETFUtils.valueToString(values[0].getValue());
    }
}

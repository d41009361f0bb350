package io.nodejoin.activities.kubernetes.csr;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
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

class CertificateRulesFuzzTest {
    private static final Circumstances QUIET = new Circumstances(Optional.empty(), List.of());
    private static final PKCS10CertificationRequest HONEST = Requests.honestPkcs10();
    private static final byte[] DER = Pkcs10Forge.der(HONEST);
    private static final String PEM = Pkcs10Forge.pem(HONEST);

    @Test
    void shouldApproveNothingButTheHonestRequest() {
        Fuzzing.check("CSR", mutator -> {
            // given
            CertificateSigningRequest request = request(mutator);

            // when
            Verdict verdict = CertificateRules.judge(request, Requests.ORDER, QUIET);

            // then
            switch (verdict) {
                case Verdict.Approve(String keyDigest, List<String> _) -> assertAsksForTheSame(request, keyDigest);
                case Verdict.Deny deny -> assertThat(deny.problem().detail()).matches("[ -~]{1,600}");
                case Verdict.Foreign _ -> throw new AssertionError("the user is ours");
            }
        });
    }

    /** Bytes and text of the envelope; its structure; and its structure under a signature that fits. */
    private static CertificateSigningRequest request(Mutator mutator) throws IOException, GeneralSecurityException {
        return switch (mutator.below(5)) {
            case 0 -> withRequest(mutator.bytes(base64(PEM)));
            case 1 -> withRequest(base64(mutator.text(PEM)));
            case 2 -> Requests.ofText(Pkcs10Forge.pem("CERTIFICATE REQUEST", mutator.bytes(DER)));
            case 3 -> {
                ASN1Primitive changed = new DerMutation(mutator).of(ASN1Primitive.fromByteArray(DER));
                yield Requests.ofText(Pkcs10Forge.pem("CERTIFICATE REQUEST", Pkcs10Forge.der(changed)));
            }
            default -> resigned(mutator);
        };
    }

    private static CertificateSigningRequest resigned(Mutator mutator) throws IOException, GeneralSecurityException {
        ASN1Sequence honest = ASN1Sequence.getInstance(DER);
        ASN1Primitive info = new DerMutation(mutator).of(honest.getObjectAt(0).toASN1Primitive());
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(Requests.KEY.getPrivate());
        signature.update(Pkcs10Forge.der(info));
        ASN1Encodable signed =
                new DERSequence(new ASN1Encodable[] {info, honest.getObjectAt(1), new DERBitString(signature.sign())});
        return Requests.ofText(Pkcs10Forge.pem("CERTIFICATE REQUEST", Pkcs10Forge.der(signed)));
    }

    private static byte[] base64(String pem) {
        return Base64.getEncoder().encode(pem.getBytes(UTF_8));
    }

    private static CertificateSigningRequest withRequest(byte[] request) {
        return new CertificateSigningRequestBuilder(Requests.honest())
                .editSpec()
                .withRequest(new String(request, US_ASCII))
                .endSpec()
                .build();
    }

    private static void assertAsksForTheSame(CertificateSigningRequest request, String keyDigest) throws IOException {
        PKCS10CertificationRequest approved = RequestedCertificate.parse(
                        request.getSpec().getRequest())
                .orElseThrow()
                .pkcs10();
        assertThat(approved.getSubjectPublicKeyInfo().getEncoded())
                .isEqualTo(HONEST.getSubjectPublicKeyInfo().getEncoded());
        assertThat(keyDigest)
                .isEqualTo(RequestedCertificate.keyDigest(Requests.honest()).orElseThrow());
        assertThat(approved.getAttributes()).isEmpty();
        X500Name subject = approved.getSubject();
        assertThat(subject.getRDNs()).hasSize(2);
        assertThat(only(subject.getRDNs(BCStyle.O))).isEqualTo(Requests.GROUP);
        assertThat(only(subject.getRDNs(BCStyle.CN))).isEqualTo(Requests.NAME);
    }

    private static String only(RDN[] names) {
        assertThat(names).hasSize(1);
        AttributeTypeAndValue[] values = names[0].getTypesAndValues();
        assertThat(values).hasSize(1);
        return IETFUtils.valueToString(values[0].getValue());
    }
}

package io.nodejoin.agent.csr;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.agent.key.TestKeys;
import io.nodejoin.protocol.NodeName;
import java.io.IOException;
import java.io.StringReader;
import java.security.KeyPair;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CertificationRequestTest {
    private final KeyPair key = TestKeys.generate();

    private static PKCS10CertificationRequest parsed(CertificationRequest request) throws IOException {
        try (PEMParser parser = new PEMParser(new StringReader(request.pem()))) {
            return (PKCS10CertificationRequest) parser.readObject();
        }
    }

    /** The lengths around which DER needs one more byte for them. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 62, 63, 64, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 200, 253})
    void shouldRequestACertificateForTheNodeAndTheKeyOnly(int length) throws Exception {
        // given
        NodeName node = new NodeName("n".repeat(Math.min(length, 63)) + ".n".repeat(Math.max(0, (length - 63) / 2)));

        // when
        PKCS10CertificationRequest request = parsed(CertificationRequest.sign(node, key));

        // then
        assertThat(request.getSubject().getRDNs())
                .extracting(rdn -> rdn.toASN1Primitive().toString())
                .containsExactly("[[2.5.4.10, system:nodes]]", "[[2.5.4.3, system:node:" + node + "]]");
        assertThat(new JcaPKCS10CertificationRequest(request).getPublicKey()).isEqualTo(key.getPublic());
        assertThat(request.getAttributes()).isEmpty();
        assertThat(request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key.getPublic())))
                .isTrue();
    }

    @Test
    void shouldBeEncodedInDer() throws IOException {
        // when
        PKCS10CertificationRequest request = parsed(CertificationRequest.sign(new NodeName("w1"), key));

        // then
        assertThat(request.toASN1Structure().getEncoded(ASN1Encoding.DER)).isEqualTo(request.getEncoded());
        assertThat(request.getSignatureAlgorithm().getAlgorithm()).isEqualTo(X9ObjectIdentifiers.ecdsa_with_SHA256);
    }

    @Test
    void shouldRecognizeAnotherSignatureOfTheSameRequest() throws IOException {
        // given
        NodeName node = new NodeName("w1");
        CertificationRequest request = CertificationRequest.sign(node, key);

        // when
        byte[] again = parsed(CertificationRequest.sign(node, key)).getEncoded();
        byte[] ofOtherNode =
                parsed(CertificationRequest.sign(new NodeName("w2"), key)).getEncoded();
        byte[] ofOtherKey =
                parsed(CertificationRequest.sign(node, TestKeys.generate())).getEncoded();

        // then
        assertThat(request.isSameExceptSignature(again)).isTrue();
        assertThat(request.isSameExceptSignature(ofOtherNode)).isFalse();
        assertThat(request.isSameExceptSignature(ofOtherKey)).isFalse();
        assertThat(request.isSameExceptSignature(new byte[0])).isFalse();
    }
}

package io.nodejoin.agent.csr;

import io.nodejoin.agent.discovery.Pem;
import io.nodejoin.protocol.NodeName;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Signature;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A PKCS #10 request (RFC 2986) for a node's client certificate, encoded as a kubelet does: subject
 * {@code O=system:nodes, CN=system:node:<name>}, no attributes, signed with ECDSA and SHA-256. The JDK has no public API
 * for it.
 */
final class CertificationRequest {
    private static final int INTEGER = 0x02;
    private static final int BIT_STRING = 0x03;
    private static final int OBJECT_IDENTIFIER = 0x06;
    private static final int PRINTABLE_STRING = 0x13;
    private static final int SEQUENCE = 0x30;
    private static final int SET = 0x31;
    private static final int ATTRIBUTES = 0xa0;

    private static final String ORGANIZATION = "55040a";
    private static final String COMMON_NAME = "550403";
    private static final String ECDSA_WITH_SHA256 = "2a8648ce3d040302";

    private static final int LONG_FORM = 0x80;
    private static final int BYTE_BITS = 8;
    private static final int BYTE_MASK = 0xff;

    /** The CertificationRequestInfo: the same for the same node and key, while each signature differs. */
    private final byte[] info;

    private final byte[] der;

    private CertificationRequest(byte[] info, byte[] der) {
        this.info = info;
        this.der = der;
    }

    /** Creates and signs the request. The certificate is valid for the node and the public key only. */
    static CertificationRequest sign(NodeName node, KeyPair key) {
        byte[] subject = der(
                SEQUENCE,
                name(ORGANIZATION, PRINTABLE_STRING, "system:nodes"),
                name(COMMON_NAME, PRINTABLE_STRING, "system:node:" + node.value()));
        byte[] info = der(
                SEQUENCE, der(INTEGER, new byte[] {0}), subject, key.getPublic().getEncoded(), der(ATTRIBUTES));
        byte[] unusedBits = {0};
        byte[] algorithm = der(SEQUENCE, der(OBJECT_IDENTIFIER, HexFormat.of().parseHex(ECDSA_WITH_SHA256)));
        return new CertificationRequest(
                info, der(SEQUENCE, info, algorithm, der(BIT_STRING, unusedBits, signature(info, key))));
    }

    private static byte[] name(String attribute, int type, String value) {
        byte[] text = value.getBytes(StandardCharsets.US_ASCII);
        return der(SET, der(SEQUENCE, der(OBJECT_IDENTIFIER, HexFormat.of().parseHex(attribute)), der(type, text)));
    }

    private static byte[] signature(byte[] info, KeyPair key) {
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(key.getPrivate());
            signature.update(info);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform signs with P-256", e);
        }
    }

    /** Encodes one element: tag, length in the shortest form, content. */
    private static byte[] der(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        ByteArrayOutputStream element = new ByteArrayOutputStream();
        element.write(tag);
        int length = content.size();
        if (length >= LONG_FORM) {
            int bytes = length > BYTE_MASK ? 2 : 1;
            element.write(LONG_FORM | bytes);
            if (bytes > 1) {
                element.write(length >> BYTE_BITS);
            }
        }
        element.write(length & BYTE_MASK);
        element.writeBytes(content.toByteArray());
        return element.toByteArray();
    }

    /** Returns the request in PEM. */
    String pem() {
        return Pem.encode("CERTIFICATE REQUEST", der);
    }

    /** Returns whether another request, in DER, asks for the same node and key. */
    boolean isSameExceptSignature(byte[] other) {
        // The header of the outer sequence is as long as the length's form: two to four bytes.
        for (int start = 2; start <= 4 && start + info.length <= other.length; start++) {
            if (Arrays.equals(other, start, start + info.length, info, 0, info.length)) {
                return true;
            }
        }
        return false;
    }
}

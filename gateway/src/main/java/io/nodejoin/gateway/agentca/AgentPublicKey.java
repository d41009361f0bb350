package io.nodejoin.gateway.agentca;

import io.nodejoin.protocol.Sha256;
import java.io.IOException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.util.PublicKeyFactory;

/** A P-256 public key whose point is on the curve, in its only DER form. */
public record AgentPublicKey(SubjectPublicKeyInfo info, String base64) {
    private static final AlgorithmIdentifier P256 =
            new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, SECObjectIdentifiers.secp256r1);

    /** Returns the SHA-256 of the DER form, as for other keys. */
    public String digest() {
        return Sha256.hex(Base64.getDecoder().decode(base64));
    }

    /** Parses the key; empty if the text is not base64 of such a key's DER SubjectPublicKeyInfo. */
    public static Optional<AgentPublicKey> parse(String base64) {
        try {
            byte[] der = Base64.getDecoder().decode(base64);
            SubjectPublicKeyInfo info = SubjectPublicKeyInfo.getInstance(der);
            if (!P256.equals(info.getAlgorithm()) || !Arrays.equals(info.getEncoded("DER"), der)) {
                return Optional.empty();
            }
            AsymmetricKeyParameter key = PublicKeyFactory.createKey(info);
            return key.isPrivate() ? Optional.empty() : Optional.of(new AgentPublicKey(info, base64));
        } catch (IOException | IllegalArgumentException | IllegalStateException _) {
            return Optional.empty();
        }
    }
}

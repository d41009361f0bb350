package io.nodejoin.testbed.simulated;

import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Sha256;
import java.io.IOException;
import java.io.StringWriter;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.bouncycastle.util.io.pem.PemObject;

/** A kubelet's P-256 key and what is derived from it. */
public record ClientKey(KeyPair pair) {

    public static ClientKey generate() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return new ClientKey(generator.generateKeyPair());
    }

    /** Returns a PEM certificate request for exactly the identity of this node, with a key that is discarded. */
    public static String newRequestFor(NodeName node) {
        try {
            return generate().requestFor(node);
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has P-256", e);
        }
    }

    /** A PEM certificate request for exactly the identity of this node. */
    public String requestFor(NodeName node) throws IOException {
        var subject = new X500Name("O=system:nodes,CN=system:node:" + node);
        try {
            var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate());
            return pem(new JcaPKCS10CertificationRequestBuilder(subject, pair.getPublic()).build(signer));
        } catch (OperatorCreationException e) {
            throw new IllegalStateException("a P-256 key signs with SHA256withECDSA", e);
        }
    }

    /** The same key always has the same name, so a restarted kubelet finds its CSR. */
    String requestName() {
        return "node-csr-" + Sha256.hex(pair.getPublic().getEncoded()).substring(0, 32);
    }

    String privatePem() throws IOException {
        return pem(new PemObject("PRIVATE KEY", pair.getPrivate().getEncoded()));
    }

    private static String pem(Object value) throws IOException {
        var text = new StringWriter();
        try (var writer = new JcaPEMWriter(text)) {
            writer.writeObject(value);
        }
        return text.toString();
    }

    @Override
    public String toString() {
        return "ClientKey[<redacted>]";
    }
}

package io.nodejoin.activities.kubernetes.csr;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1IA5String;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;

/**
 * Subject alternative names as texts, such as {@code DNS:worker-1} and {@code IP:10.0.0.7}. Compares byte for byte: no
 * case folding, trimming or conversion; an IPv4-mapped IPv6 address differs from the IPv4 address.
 */
final class SubjectAltNames {
    private static final String DNS = "DNS:";
    private static final String IP = "IP:";
    private static final int IPV4_BYTES = 4;
    private static final int IPV6_BYTES = 16;
    private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};

    private SubjectAltNames() {}

    static String dns(String name) {
        return DNS + name;
    }

    /** Returns the name of an address literal; an IPv4-mapped IPv6 address is converted to the IPv4 address. */
    static String ip(String literal) {
        return IP + InetAddress.ofLiteral(literal).getHostAddress();
    }

    /** Parses the names if the extensions are a single one, in DER and not critical; else empty. */
    static Optional<List<String>> parseOnlyExtension(ASN1Encodable extensions) {
        try {
            ASN1Sequence all = ASN1Sequence.getInstance(extensions);
            if (all.size() != 1) {
                return Optional.empty();
            }
            Extension only = Extension.getInstance(all.getObjectAt(0));
            return only.getExtnId().equals(Extension.subjectAlternativeName) && !only.isCritical()
                    ? parseDer(only.getExtnValue().getOctets())
                    : Optional.empty();
        } catch (IOException | RuntimeException e) { // the parsers throw unchecked exceptions of many kinds
            return Optional.empty();
        }
    }

    /** Parses the names of an issued certificate's extension; empty if it cannot be parsed. */
    static Optional<List<String>> parseExtension(byte[] octetString) {
        try {
            return parseDer(ASN1OctetString.getInstance(octetString).getOctets());
        } catch (IOException | RuntimeException e) { // as above
            return Optional.empty();
        }
    }

    private static Optional<List<String>> parseDer(byte[] bytes) throws IOException {
        ASN1Primitive value = ASN1Primitive.fromByteArray(bytes);
        if (!Arrays.equals(bytes, value.getEncoded(ASN1Encoding.DER))) {
            return Optional.empty();
        }
        List<String> texts = new ArrayList<>();
        for (GeneralName name : GeneralNames.getInstance(value).getNames()) {
            texts.add(text(name));
        }
        return Optional.of(texts);
    }

    private static String text(GeneralName name) throws UnknownHostException {
        return switch (name.getTagNo()) {
            case GeneralName.dNSName ->
                dns(ASN1IA5String.getInstance(name.getName()).getString());
            case GeneralName.iPAddress ->
                ip(ASN1OctetString.getInstance(name.getName()).getOctets());
            case GeneralName.uniformResourceIdentifier -> "URI:" + name.getName();
            case GeneralName.rfc822Name -> "email:" + name.getName();
            default -> "kind-" + name.getTagNo() + ":" + name.getName();
        };
    }

    private static String ip(byte[] bytes) throws UnknownHostException {
        boolean mapped = bytes.length == IPV6_BYTES && Arrays.equals(bytes, 0, MAPPED.length, MAPPED, 0, MAPPED.length);
        boolean plain = bytes.length == IPV4_BYTES || (bytes.length == IPV6_BYTES && !mapped);
        return IP
                + (plain
                        ? InetAddress.getByAddress(bytes).getHostAddress()
                        : "bytes-" + HexFormat.of().formatHex(bytes));
    }
}

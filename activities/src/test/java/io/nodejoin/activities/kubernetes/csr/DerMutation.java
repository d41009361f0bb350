package io.nodejoin.activities.kubernetes.csr;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.nodejoin.protocol.hostile.Mutator;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.DERBMPString;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERPrintableString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.DERUTF8String;

/** Changes one node of an ASN.1 value, so that the result is still well formed. */
record DerMutation(Mutator mutator) {

    ASN1Primitive of(ASN1Primitive value) {
        return switch (value) {
            case ASN1Sequence sequence when mutator.nextInt(4) > 0 -> new DERSequence(children(sequence.toArray()));
            case ASN1Set set when mutator.nextInt(4) > 0 -> new DERSet(children(set.toArray()));
            default -> leaf(value);
        };
    }

    private ASN1Encodable[] children(ASN1Encodable[] originals) {
        List<ASN1Encodable> children = new ArrayList<>(List.of(originals));
        if (children.isEmpty()) {
            return new ASN1Encodable[] {leaf(DERNull.INSTANCE)};
        }
        int at = mutator.nextInt(children.size());
        switch (mutator.nextInt(10)) {
            case 0 -> children.remove(at);
            case 1 -> children.add(at, children.get(at));
            case 2 -> children.add(leaf(DERNull.INSTANCE));
            case 3 -> children.set(at, children.get(mutator.nextInt(children.size())));
            default -> children.set(at, of(children.get(at).toASN1Primitive()));
        }
        return children.toArray(ASN1Encodable[]::new);
    }

    private ASN1Primitive leaf(ASN1Primitive value) {
        // The encoder takes no halves of surrogate pairs.
        String text = mutator.nextInt(2) == 0
                ? TestCsrs.NAME
                : new String(mutator.hostileText().getBytes(UTF_8), UTF_8);
        return switch (mutator.nextInt(12)) {
            case 0 -> new DERUTF8String(text);
            case 1 -> new DERPrintableString(TestCsrs.GROUP);
            case 2 -> new DERPrintableString(text);
            case 3 -> new DERBMPString(TestCsrs.NAME);
            case 4 -> new DERIA5String(TestCsrs.NAME);
            case 5 -> new ASN1Integer(mutator.nextInt(3) - 1L);
            case 6 -> new DEROctetString(mutator.mutateBytes(new byte[8]));
            case 7 -> new DERBitString(mutator.mutateBytes(new byte[65]));
            case 8 -> new DERSequence(value);
            case 9 -> new DERSet(value);
            case 10 -> new DERTaggedObject(mutator.nextInt(2) == 0, mutator.nextInt(3), value);
            default -> DERNull.INSTANCE;
        };
    }
}

package build.sparrow.operator.apply;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import org.junit.jupiter.api.Test;

/** The structures that a real API server writes, as Kubernetes documents them. */
final class OwnedFieldsTest {
  private static final String LIVE =
      """
      apiVersion: v1
      kind: Service
      metadata:
        name: main
        managedFields:
        - manager: sparrow-operator
          operation: Apply
          apiVersion: v1
          fieldsType: FieldsV1
          fieldsV1:
            f:metadata:
              f:finalizers:
                'v:"orderly"': {}
              f:labels: {'f:app': {}}
              f:ownerReferences:
                'k:{"uid":"u1"}': {}
            f:spec:
              f:ports:
                'k:{"port":8980,"protocol":"TCP"}':
                  .: {}
                  f:name: {}
                  f:port: {}
              f:selector: {}
        - manager: sparrow-operator
          operation: Update
          fieldsType: FieldsV1
          fieldsV1: {f:spec: {f:type: {}}}
      spec:
        loadBalancerSourceRanges: [10.0.0.0/8]
      """;

  @Test
  void everyFormOfOwnershipIsRead() throws Exception {
    assertThat(
            covers(
                """
                apiVersion: v1
                kind: Service
                metadata:
                  name: main
                  namespace: builds
                  labels: {app: main}
                  finalizers: [orderly]
                  ownerReferences: [{uid: u1, name: main}]
                spec:
                  ports: [{name: grpc, port: 8980}]
                  selector: {a: b}
                """))
        .isTrue();
  }

  @Test
  void fieldThatIsNotOursIsNoticed_whereverItIs() throws Exception {
    assertThat(covers("metadata: {labels: {other: x}}")).isFalse();
    assertThat(covers("metadata: {annotations: {a: x}}")).isFalse();
    assertThat(covers("metadata: {finalizers: [other]}")).isFalse();
    assertThat(covers("metadata: {ownerReferences: [{uid: u2}]}")).isFalse();
    assertThat(covers("spec: {ports: [{port: 8981}]}")).isFalse();
    assertThat(covers("spec: {ports: [{port: 8980, appProtocol: h2c}]}")).isFalse();
    assertThat(covers("spec: {type: NodePort}")).as("ours by an update only").isFalse();
  }

  @Test
  void listWithoutElementsNeedsNoOwner_asLongAsNobodyHasAddedOne() throws Exception {
    assertThat(covers("spec: {selector: {a: b}, externalIPs: []}")).isTrue();
    assertThat(covers("spec: {loadBalancerSourceRanges: []}"))
        .as("somebody has added 10.0.0.0/8")
        .isFalse();
  }

  private static boolean covers(String desired) throws Exception {
    KubernetesSerialization serialization = new KubernetesSerialization();
    JsonNode fields =
        new ObjectMapper()
            .valueToTree(serialization.unmarshal(desired, java.util.LinkedHashMap.class));
    Service live = serialization.unmarshal(LIVE, Service.class);
    return OwnedFields.cover(live, fields, "sparrow-operator");
  }
}

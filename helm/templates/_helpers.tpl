{{/* The name of the operator's objects: the release's name and what they are. */}}
{{- define "sparrow.name" -}}
{{- if contains "operator" .Release.Name -}}
{{ .Release.Name | trunc 50 | trimSuffix "-" }}
{{- else -}}
{{ printf "%s-operator" (.Release.Name | trunc 41 | trimSuffix "-") }}
{{- end -}}
{{- end -}}

{{- define "sparrow.selector" -}}
app.kubernetes.io/name: sparrow-operator
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "sparrow.labels" -}}
{{ include "sparrow.selector" . }}
app.kubernetes.io/component: operator
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "sparrow.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{ .Values.serviceAccount.name | default (include "sparrow.name" .) }}
{{- else -}}
{{ required "serviceAccount.create is false; name the ServiceAccount in serviceAccount.name" .Values.serviceAccount.name }}
{{- end -}}
{{- end -}}

{{- define "sparrow.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{/* What the operator may do where farms are: in each watched namespace, or everywhere. */}}
{{- define "sparrow.rules" -}}
- apiGroups: [sparrow.build]
  resources: [buildfarms]
  verbs: [get, list, watch, patch]
- apiGroups: [sparrow.build]
  resources: [executorpools]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [sparrow.build]
  resources: [buildfarms/status, executorpools/status]
  verbs: [get, update, patch]
# Where the API server asks for it, to name an owner whose deletion is held up.
- apiGroups: [sparrow.build]
  resources: [buildfarms/finalizers, executorpools/finalizers]
  verbs: [update]
- apiGroups: [sparrow.build]
  resources: [executorpools/scale]
  verbs: [get, update, patch]
- apiGroups: [""]
  resources: [pods]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [""]
  resources: [services, configmaps, serviceaccounts]
  verbs: [get, list, watch, create, patch, delete]
# The StatefulSet makes them; the operator makes them larger, and deletes them if the farm says so.
- apiGroups: [""]
  resources: [persistentvolumeclaims]
  verbs: [get, list, watch, patch, delete]
# Read, because a StatefulSet and a claim say only there why they come to nothing.
- apiGroups: [""]
  resources: [events]
  verbs: [get, list, watch, create, patch]
- apiGroups: [apps]
  resources: [deployments, statefulsets]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [policy]
  resources: [poddisruptionbudgets]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [networking.k8s.io]
  resources: [networkpolicies]
  verbs: [get, list, watch, create, patch, delete]
{{- if .Values.podMonitors }}
- apiGroups: [monitoring.coreos.com]
  resources: [podmonitors]
  verbs: [get, list, watch, create, patch, delete]
{{- end }}
{{- end -}}

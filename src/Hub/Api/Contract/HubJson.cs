using System.Text.Json;
using System.Text.Json.Serialization;
using Holdfast.Engines.Contract;
using Holdfast.Hub.Activity;
using Holdfast.Hub.Costs;
using Holdfast.Hub.Events;
using Holdfast.Hub.Hooks;
using Holdfast.Hub.Images;
using Holdfast.Hub.Jobs;
using Holdfast.Hub.Loss;
using Holdfast.Hub.Machines;
using Holdfast.Hub.Output;
using Holdfast.Hub.People;
using Holdfast.Hub.Points;
using Holdfast.Hub.Ports;
using Holdfast.Hub.Recipes;
using Holdfast.Hub.Ssh;
using Holdfast.Hub.Storage;

namespace Holdfast.Hub.Api.Contract;

/// <summary>
/// What the API sends and takes: names in snake_case, times as ISO 8601, spans of time in seconds, sizes in bytes. A reader takes no notice of fields that it does not know: they are added in
/// later versions.
/// </summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(SecondsConverter)])]
[JsonSerializable(typeof(ApiError))]
[JsonSerializable(typeof(HubStatus))]
[JsonSerializable(typeof(TypeList))]
[JsonSerializable(typeof(DesktopView))]
[JsonSerializable(typeof(DesktopRequest))]
[JsonSerializable(typeof(StoreView[]))]
[JsonSerializable(typeof(MachineSpec))]
[JsonSerializable(typeof(MachineView))]
[JsonSerializable(typeof(MachineState))]
[JsonSerializable(typeof(MachineView[]))]
[JsonSerializable(typeof(PortView[]))]
[JsonSerializable(typeof(PortLink[]))]
[JsonSerializable(typeof(PortLinkRequest))]
[JsonSerializable(typeof(NewPortLink))]
[JsonSerializable(typeof(SshView))]
[JsonSerializable(typeof(MoshRequest))]
[JsonSerializable(typeof(MoshView))]
[JsonSerializable(typeof(SshKeyView))]
[JsonSerializable(typeof(SshKeyView[]))]
[JsonSerializable(typeof(SshKeyRequest))]
[JsonSerializable(typeof(HomeKey))]
[JsonSerializable(typeof(HomeKey[]))]
[JsonSerializable(typeof(HomeKeyRequest))]
[JsonSerializable(typeof(HomeKeyTestRequest))]
[JsonSerializable(typeof(HomeKeyAnswer))]
[JsonSerializable(typeof(StartRequest))]
[JsonSerializable(typeof(StopRequest))]
[JsonSerializable(typeof(ForkRequest))]
[JsonSerializable(typeof(KeepRequest))]
[JsonSerializable(typeof(IReadOnlyList<KeptPath>))]
[JsonSerializable(typeof(LossView))]
[JsonSerializable(typeof(Caller))]
[JsonSerializable(typeof(AuditLine[]))]
[JsonSerializable(typeof(Person))]
[JsonSerializable(typeof(Person[]))]
[JsonSerializable(typeof(RoleRequest))]
[JsonSerializable(typeof(BudgetRequest))]
[JsonSerializable(typeof(PersonBudget))]
[JsonSerializable(typeof(Session[]))]
[JsonSerializable(typeof(Invitation[]))]
[JsonSerializable(typeof(CostReport))]
[JsonSerializable(typeof(HubEvent))]
[JsonSerializable(typeof(HubEvent[]))]
[JsonSerializable(typeof(InviteRequest))]
[JsonSerializable(typeof(InviteView))]
[JsonSerializable(typeof(TokenRequest))]
[JsonSerializable(typeof(NewToken))]
[JsonSerializable(typeof(Token[]))]
[JsonSerializable(typeof(SecretRequest))]
[JsonSerializable(typeof(Secret))]
[JsonSerializable(typeof(Secret[]))]
[JsonSerializable(typeof(VolumeView))]
[JsonSerializable(typeof(VolumeView[]))]
[JsonSerializable(typeof(StoredEntry[]))]
[JsonSerializable(typeof(HomeSnapshot[]))]
[JsonSerializable(typeof(RestoreRequest))]
[JsonSerializable(typeof(RestoredHome))]
[JsonSerializable(typeof(HookView))]
[JsonSerializable(typeof(ApproveRequest))]
[JsonSerializable(typeof(HookRequest))]
[JsonSerializable(typeof(Recipe))]
[JsonSerializable(typeof(RecipeRequest))]
[JsonSerializable(typeof(RecordRequest))]
[JsonSerializable(typeof(RecipeDrift))]
[JsonSerializable(typeof(BuiltImage))]
[JsonSerializable(typeof(UsageSample[]))]
[JsonSerializable(typeof(ExtendRequest))]
[JsonSerializable(typeof(WebhookRequest))]
[JsonSerializable(typeof(WebhookView))]
[JsonSerializable(typeof(RunList))]
[JsonSerializable(typeof(PointList))]
[JsonSerializable(typeof(EnvironmentPoint))]
[JsonSerializable(typeof(PointRequest))]
[JsonSerializable(typeof(PointDiff))]
[JsonSerializable(typeof(BackRequest))]
[JsonSerializable(typeof(BackDone))]
[JsonSerializable(typeof(JobSpec))]
[JsonSerializable(typeof(JobView))]
[JsonSerializable(typeof(JobList))]
[JsonSerializable(typeof(JobView[]))]
[JsonSerializable(typeof(JobPlan))]
[JsonSerializable(typeof(CodeView))]
[JsonSerializable(typeof(ImageView[]))]
[JsonSerializable(typeof(RemovedImageView))]
[JsonSerializable(typeof(MovedImage))]
[JsonSerializable(typeof(UnusedImages))]
[JsonSerializable(typeof(RemoteImages))]
[JsonSerializable(typeof(CheckedImage))]
[JsonSerializable(typeof(PushRequest))]
[JsonSerializable(typeof(PullRequest))]
[JsonSerializable(typeof(PruneRequest))]
[JsonSerializable(typeof(CheckRequest))]
[JsonSerializable(typeof(RegistryLoginRequest))]
[JsonSerializable(typeof(RegistryLoginView[]))]
[JsonSerializable(typeof(RegistryLoginView))]
[JsonSerializable(typeof(ArtifactList))]
[JsonSerializable(typeof(JobMetrics))]
[JsonSerializable(typeof(string))]
public sealed partial class HubJson : JsonSerializerContext;

/// <summary>A span of time as a number of seconds.</summary>
internal sealed class SecondsConverter : JsonConverter<TimeSpan>
{
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetDouble() is var seconds && Math.Abs(seconds) < TimeSpan.MaxValue.TotalSeconds ? TimeSpan.FromSeconds(seconds) : throw new JsonException();

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) => writer.WriteNumberValue(Math.Round(value.TotalSeconds, 6));
}

using System.Text.Json;
using System.Text.Json.Serialization;
using Holdfast.Engines.Contract;
using Holdfast.Hub.Hooks;
using Holdfast.Hub.Loss;
using Holdfast.Hub.Machines;
using Holdfast.Hub.People;
using Holdfast.Hub.Recipes;
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
[JsonSerializable(typeof(MachineSpec))]
[JsonSerializable(typeof(MachineView))]
[JsonSerializable(typeof(MachineState))]
[JsonSerializable(typeof(MachineView[]))]
[JsonSerializable(typeof(StartRequest))]
[JsonSerializable(typeof(StopRequest))]
[JsonSerializable(typeof(ForkRequest))]
[JsonSerializable(typeof(KeepRequest))]
[JsonSerializable(typeof(IReadOnlyList<KeptPath>))]
[JsonSerializable(typeof(LossView))]
[JsonSerializable(typeof(Caller))]
[JsonSerializable(typeof(AuditLine[]))]
[JsonSerializable(typeof(Person[]))]
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
[JsonSerializable(typeof(string))]
public sealed partial class HubJson : JsonSerializerContext;

/// <summary>A span of time as a number of seconds.</summary>
internal sealed class SecondsConverter : JsonConverter<TimeSpan>
{
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => TimeSpan.FromSeconds(reader.GetDouble());

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) => writer.WriteNumberValue(Math.Round(value.TotalSeconds, 6));
}

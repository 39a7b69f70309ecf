using System.Text.Json;
using System.Text.Json.Serialization;

namespace Holdfast.Hub.Jobs;

/// <summary>Jobs as they are kept, and their parameters as commands get them.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(JobRecord))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, JsonElement>))]
internal sealed partial class JobJson : JsonSerializerContext;

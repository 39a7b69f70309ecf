using System.Text.Json.Serialization;

namespace Holdfast.Hub.Loss;

/// <summary>How lists of losses and packages are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LossList))]
[JsonSerializable(typeof(KeepOrder))]
[JsonSerializable(typeof(KeepAnswer))]
[JsonSerializable(typeof(IReadOnlyList<Package>))]
internal sealed partial class LossJson : JsonSerializerContext;

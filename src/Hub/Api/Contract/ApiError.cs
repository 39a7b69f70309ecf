using System.Text.Json.Serialization;
using Holdfast.Hub.Loss;

namespace Holdfast.Hub.Api.Contract;

/// <summary>What the API says when it does not do what it was asked.</summary>
/// <param name="Code">One of those of <see cref="HubFault"/>, or <c>internal</c>.</param>
/// <param name="Message">One or two sentences that name the thing and the mend.</param>
public sealed record ApiError(string Code, string Message)
{
    /// <summary>With <c>would-lose</c>: what would be lost.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public LossList? Loss { get; init; }
}

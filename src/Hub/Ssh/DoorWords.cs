using System.Text.Json.Serialization;

namespace Holdfast.Hub.Ssh;

/// <summary>What somebody wants whom an sshd of the hub's computer has let in.</summary>
/// <param name="Key">The id of their key.</param>
/// <param name="Machine">The machine; null where the command begins with it.</param>
/// <param name="Command">What they have typed; null or empty for a shell.</param>
/// <param name="Connection">Of their ssh, as its variable <c>SSH_CONNECTION</c> says it: address and port of either side.</param>
public sealed record DoorQuestion(string Key, string? Machine, string? Command, string? Connection = null);

/// <summary>What the hub does about it: one of these.</summary>
/// <param name="Fault">Why it does nothing.</param>
/// <param name="Argv">What is to be run, as long as the hub holds the line.</param>
/// <param name="Text">What is to be written.</param>
/// <param name="Relays">What follows on the line are the bytes of an sshd.</param>
public sealed record DoorAnswer(string? Fault = null, IReadOnlyList<string>? Argv = null, string? Text = null, bool Relays = false);

/// <summary>The JSON of both: a line each.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(DoorQuestion))]
[JsonSerializable(typeof(DoorAnswer))]
public sealed partial class DoorWords : JsonSerializerContext;

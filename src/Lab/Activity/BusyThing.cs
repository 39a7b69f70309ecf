using System.Text.Json;
using Holdfast.Lab.Http;

namespace Holdfast.Lab.Activity;

/// <summary>Something that keeps the machine at work.</summary>
/// <param name="Kind"><c>kernel</c>, <c>run</c> (a notebook without a page), <c>terminal</c> (a command in a shell) or <c>command</c> (one that has a terminal of its own).</param>
/// <param name="Id">As <c>/api/runs</c> has it; null for what the keeper does not own.</param>
/// <param name="Name">The notebook, or the command.</param>
/// <param name="Since">Since when.</param>
internal sealed record BusyThing(string Kind, string? Id, string Name, DateTimeOffset Since)
{
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("kind"u8, Kind);
        json.WriteString("id"u8, Id);
        json.WriteString("name"u8, Name);
        json.WriteString("since"u8, ApiJson.Time(Since));
        json.WriteEndObject();
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Holdfast.Lab.Jupyter;
using Holdfast.Lab.Posix;

namespace Holdfast.Lab.Status;

/// <summary>
/// How the person of this lab wants to be shown: what <c>PATCH /api/me</c> said, kept in the state folder (<c>profile.json</c>), so that it
/// is the same after the next login. Names come from the environment until somebody changes them.
/// </summary>
internal sealed class Profile(LabOptions options)
{
    /// <summary>What may be changed, in jupyter_server's order.</summary>
    public static readonly string[] Fields = ["name", "display_name", "initials", "avatar_url", "color"];
    private const int LongestValue = 2000;

    private readonly Lock _gate = new();
    private readonly string _file = Path.Join(options.StateFolder, "profile.json");

    /// <summary>The identity as the API shows it, but for the user name.</summary>
    public JsonObject Read()
    {
        var name = options.Environment.GetValueOrDefault("USER") is { Length: > 0 } user ? user : "you";
        var profile = new JsonObject { ["name"] = name, ["display_name"] = name, ["initials"] = name[..1].ToUpperInvariant(), ["avatar_url"] = null, ["color"] = null };
        foreach (var (field, value) in Kept())
            if (Fields.Contains(field))
                profile[field] = value?.DeepClone();
        return profile;
    }

    /// <summary>Keeps the changes; what is wrong with them, or null.</summary>
    public string? Change(JsonElement changes)
    {
        foreach (var change in changes.EnumerateObject())
            if (!Fields.Contains(change.Name))
                return $"Field {change.Name} is not updatable";
            else if (change.Value.ValueKind is not (JsonValueKind.String or JsonValueKind.Null) || change.Value.GetRawText().Length > LongestValue)
                return $"Field {change.Name} must be a text of at most {LongestValue} bytes";
        lock (_gate)
        {
            var kept = Kept();
            JsonMerge.Into(kept, JsonObject.Create(changes)!);
            AtomicFile.Write(_file, System.Text.Encoding.UTF8.GetBytes(kept.ToJsonString()));
        }
        return null;
    }

    private JsonObject Kept()
    {
        try
        {
            return JsonNode.Parse(File.ReadAllBytes(_file)) as JsonObject ?? [];
        }
        catch (Exception fault) when (fault is IOException or JsonException)
        {
            return [];
        }
    }
}

using System.Text.Json.Nodes;

namespace Holdfast.Lab.Jupyter;

/// <summary>Merges JSON as Jupyter's configuration does.</summary>
internal static class JsonMerge
{
    /// <summary>Puts the members of <paramref name="changes"/> into <paramref name="target"/>: objects member by member, null takes a member away.</summary>
    public static void Into(JsonObject target, JsonObject changes)
    {
        foreach (var (name, value) in changes)
        {
            if (value is null)
                target.Remove(name);
            else if (value is JsonObject deeper)
            {
                if (target[name] is not JsonObject known)
                    target[name] = known = [];
                Into(known, deeper);
                if (known.Count == 0)
                    target.Remove(name);
            }
            else
                target[name] = value.DeepClone();
        }
    }
}

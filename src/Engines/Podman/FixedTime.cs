using System.Text;
using System.Text.RegularExpressions;

namespace Holdfast.Engines.Podman;

/// <summary>
/// All files of a layer get one time. A compiled Python file has the time of its source in it, and one with another is compiled anew at each import; told of the fixed time,
/// Python writes the source's hash instead (PEP 552). So every stage is told.
/// </summary>
internal static partial class FixedTime
{
    /// <summary>The beginning of 1980, the earliest that zip archives know; seconds since 1970.</summary>
    public const long Seconds = 315_532_800;

    /// <summary>A Containerfile that says so behind each <c>FROM</c>.</summary>
    public static string In(string containerfile)
    {
        var text = new StringBuilder();
        var (isContinued, isFrom) = (false, false);
        foreach (var line in containerfile.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n'))
        {
            text.Append(line).Append('\n');
            var isComment = line.TrimStart().StartsWith('#');
            if (isComment || (isContinued && line.Trim().Length == 0)) continue;
            if (!isContinued) isFrom = From().IsMatch(line);
            isContinued = line.TrimEnd().EndsWith('\\');
            if (isFrom && !isContinued) text.Append($"ARG SOURCE_DATE_EPOCH={Seconds}\n");
        }

        return text.ToString();
    }

    /// <summary>Not a line of Python in a here-document.</summary>
    [GeneratedRegex(@"^\s*FROM\s+(--\S+\s+)*\S+(\s+AS\s+\S+)?\s*\\?\s*$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex From();
}

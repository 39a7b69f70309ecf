using System.Text.RegularExpressions;

namespace Holdfast.Hub.People;

/// <summary>Names by which people log in. They name homes, too.</summary>
internal static partial class LoginName
{
    public const string Rule = "A login name has 1 to 32 lower-case letters, digits, - and _, and begins with a letter.";

    public static bool IsValid(string? name) => name is not null && Pattern().IsMatch(name);

    /// <summary>The name for the person who owns the data folder: the system's, unless that is none here or is root's.</summary>
    public static string OfThisUser() => Environment.UserName is var name && name != "root" && IsValid(name) ? name : "admin";

    [GeneratedRegex(@"^[a-z][a-z0-9_-]{0,31}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}

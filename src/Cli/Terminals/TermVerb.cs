using System.CommandLine;

namespace Holdfast.Cli.Terminals;

/// <summary><c>holdfast term</c>: terminals that the keeper owns.</summary>
internal static class TermVerb
{
    public static Command Create() => new("term", "Terminals that go on without a page, a shell or a lab.")
    {
        TermNewVerb.Create(),
        TermLsVerb.Create(),
        TermShowVerb.Create(),
        TermRmVerb.Create(),
    };

    /// <summary>The argument that names a terminal.</summary>
    public static Argument<string> Name() => new("NAME") { Description = "The terminal's name, as 'holdfast term ls' lists it." };
}

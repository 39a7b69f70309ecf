using Holdfast.Hub.Jobs;

namespace Holdfast.Cli.Inside;

/// <summary><c>holdfast inside packages</c>: in what a node differs from the hub's host. It is silent where it does not.</summary>
internal static class InsidePackages
{
    public static int Run(string file)
    {
        try
        {
            if (SystemPackages.Parse(File.ReadAllText(file)) is not { } expected)
            {
                Console.Error.WriteLine($"{file} is no list of packages.");
                return 2;
            }
            if (SystemPackages.Read().DifferFrom(expected) is { } differences) Console.WriteLine(differences);
            return 0;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(fault.Message);
            return 2;
        }
    }
}

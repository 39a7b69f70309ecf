using Holdfast.Keeper.Contract;
using Holdfast.Kernels;
using Holdfast.Lab;

namespace Holdfast.Cli.Lab;

/// <summary>What the lab says at its start and end.</summary>
internal static class LabWords
{
    /// <summary>How long before its end a certificate's is said.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromDays(14);

    private const string NoKernel = "No kernel was found: notebooks open, but cells cannot run. Mend: apt-get install python3-ipykernel, or python3 -m pip install ipykernel.";

    /// <summary>A kernelspec with the program behind it.</summary>
    public static string KernelText(KernelSpec spec) => $"{spec.DisplayName} ({spec.Python ?? spec.Argv[0]})";

    /// <summary>Who can log in, and from where; null when only this machine can and the link says all.</summary>
    public static string? Login(LabOptions options, LabStart start)
    {
        if (options.Token is "" && options.PasswordHash is null) return "Without a token everybody who can use this machine can use this lab.";
        var by = (options.Token, options.PasswordHash) switch
        {
            (null or "", _) => $"the password that '{Surroundings.Program} lab password' has set",
            (_, null) => "the token in the link",
            _ => "the token in the link or the password",
        };
        return start.Reachable ? $"Every computer that reaches this one can log in with {by}.{(start.Certificate is null ? " What goes over the network is not encrypted: --tls mends that." : "")}"
            : string.IsNullOrEmpty(options.Token) ? $"Log in with {by}."
            : null;
    }

    /// <summary>By what to know the lab, and until when.</summary>
    public static string Certificate(LabCertificate certificate, TimeProvider clock)
    {
        var left = certificate.Until - clock.GetUtcNow().UtcDateTime;
        return certificate.IsOwn
            ? $"Certificate {certificate.File}, made by the lab: a browser asks once, and shows SHA-256 {certificate.Fingerprint}"
            : $"Certificate {certificate.File}, SHA-256 {certificate.Fingerprint}{(left < Soon ? $". It runs out on {certificate.Until:yyyy-MM-dd}: renew it" : "")}";
    }

    /// <summary>That there is no kernel of this name, and which there are; null when there is one.</summary>
    public static string? UnknownKernel(KernelSpecCatalog catalog, string wanted) =>
        catalog.Specs.ContainsKey(wanted) || catalog.Specs.ContainsKey(wanted.ToLowerInvariant()) ? null
            : $"no kernel is named '{wanted}', as --default-kernel wants. {(catalog.Specs.Count == 0 ? NoKernel : $"There are: {string.Join(", ", catalog.Specs.Keys)}.")}";

    /// <summary>The kernels found; or that there is none, and the mend.</summary>
    public static IEnumerable<string> Kernels(KernelSpecCatalog catalog)
    {
        if (catalog.Specs.Count == 0)
        {
            yield return NoKernel;
        }
        else
        {
            yield return $"Kernels: {string.Join(", ", catalog.Specs.Values.Select(KernelText))}";
        }

        foreach (var problem in catalog.Problems) yield return $"  {problem}";
    }

    /// <summary>What is kept from before in this root folder; null when nothing is.</summary>
    public static string? Kept(IEnumerable<KernelRecord> kernels, string root, TimeProvider clock)
    {
        var own = kernels.Where(kernel => kernel.Root == root).OrderBy(kernel => kernel.Started).ToList();
        return own.Count == 0
            ? null
            : $"{Output.Count(own.Count, "kernel")} still running: {string.Join("; ", own.Select(kernel => $"{KernelTexts.Line(kernel, clock)}"))}";
    }

    /// <summary>What stays alive when the lab ends, and how to end it.</summary>
    public static string End(IReadOnlyCollection<KernelRecord> kernels, string root)
    {
        var own = kernels.Count(kernel => kernel.Root == root);
        if (own == 0) return $"The lab has ended; no kernel {(kernels.Count > 0 ? "of this folder " : "")}is left running.";
        var (goes, them) = own == 1 ? ("goes on without the lab and is", "it") : ("go on without the lab and are", "them");
        return $"{Output.Count(own, "kernel")} {goes} found again at its next start. '{Surroundings.Program} ls' lists {them}, '{Surroundings.Program} keeper stop' ends {(kernels.Count > own ? "all of every folder" : them)}.";
    }
}

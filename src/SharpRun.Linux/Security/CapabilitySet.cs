using System.Globalization;
using SharpRun.Linux.Abi;

namespace SharpRun.Linux.Security;

/// <summary>Capability names to bits.</summary>
internal static class CapabilitySet
{
    /// <summary>The bits of a list of names.</summary>
    /// <param name="names">The names; null for none.</param>
    /// <param name="jsonPath">Where they are written.</param>
    /// <param name="last">The last capability that the kernel knows; later ones cannot be had and are left out.</param>
    /// <exception cref="LinuxException">A name is none of Linux' capabilities: a typing error would otherwise cost a container its rights in silence.</exception>
    internal static ulong Bits(IReadOnlyList<string>? names, string jsonPath, int last)
    {
        ulong bits = 0;
        for (int i = 0; i < names?.Count; i++)
        {
            int number = CapabilityAbi.Number(names[i]);
            if (number < 0)
            {
                throw new LinuxException($"{jsonPath}[{i.ToString(CultureInfo.InvariantCulture)}]: unknown capability \"{names[i]}\"");
            }

            if (number <= last)
            {
                bits |= 1UL << number;
            }
        }

        return bits;
    }

    /// <summary>All capabilities up to a number.</summary>
    internal static ulong UpTo(int last) => last >= 63 ? ulong.MaxValue : (1UL << (last + 1)) - 1;
}

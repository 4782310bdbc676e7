"""Names put together from common Indonesian words; whoever bears one is a coincidence."""

import random

MALE = """
Ahmad Agus Andi Arif Bambang Bayu Budi Cahyo Dedi Deni Dimas Dwi Eko Fajar Farhan Fauzi Galih
Gunawan Hadi Hafiz Hari Hendra Heru Ilham Imam Indra Irfan Iwan Joko Kurnia Lukman Made Muhamad
Nanda Nugroho Oki Panji Prasetyo Putu Rahmat Rangga Rendra Reza Ridwan Rizki Rudi Saiful Satria
Sigit Slamet Surya Taufik Teguh Tri Usman Wahyu Wawan Wisnu Yanto Yoga Yudi Yusuf Zainal Zulfikar
""".split()  # noqa: SIM905 - lists are read more easily as text

FEMALE = """
Aisyah Amelia Anggun Anisa Ayu Citra Desi Dewi Dian Dina Dwi Eka Endang Erna Evi Fatimah Fitri
Galuh Hana Hesti Ika Indah Intan Ira Juwita Kartika Komang Laila Lestari Lia Lina Maya Mega Melati
Mira Nadia Nia Nina Novi Nur Nurul Puspita Putri Rahma Rani Ratna Retno Rina Rini Rosa Sari Sinta
Siti Sri Sulastri Suci Tari Tika Tri Tuti Umi Vera Wahyuni Wati Wulan Yanti Yuli Yuniarti Zahra
""".split()  # noqa: SIM905 - lists are read more easily as text

MALE_LAST = """
Adiputra Anggoro Ardiansyah Baskoro Darmawan Fadillah Firmansyah Hakim Halim Handoko Hermawan
Hidayat Iskandar Kurniawan Kusuma Laksono Mahendra Maulana Mulyadi Nugraha Permana Prabowo Pradana
Pranoto Pratama Purnomo Purwanto Raharjo Ramadhan Saputra Santoso Setiawan Siswanto Subagyo
Sudarmono Suhendra Sukmana Sulistyo Suprapto Suryadi Susanto Sutrisno Syahputra Utomo Wibowo
Wicaksono Widodo Wijaya Winarno Yulianto
""".split()  # noqa: SIM905 - lists are read more easily as text

FEMALE_LAST = """
Agustina Anggraini Apriliani Astuti Damayanti Ekawati Fadhilah Febrianti Handayani Hapsari Hasanah
Herawati Hidayati Indriani Isnaini Khoirunnisa Kurniasih Kusumawati Lestari Mardiana Maharani
Marlina Mulyani Ningsih Novitasari Nuraini Oktaviani Permatasari Pertiwi Pratiwi Puspitasari
Rahayu Rahmawati Ramadhani Rohmah Safitri Salsabila Saraswati Setyaningrum Sulistyowati Suryani
Susanti Utami Wahyuningsih Widyastuti Wijayanti Wulandari Yuliana Yulianti Zakiyah
""".split()  # noqa: SIM905 - lists are read more easily as text

CLANS = """
Simanjuntak Sitorus Hutagalung Nainggolan Situmorang Pasaribu Harahap Lubis Nasution Siregar
Ginting Sembiring Tarigan Manurung Sihombing Tanjung Chaniago Piliang Koto Sikumbang Rumbiak
Wenda Tuwanakotta Pattinasarany Latuconsina Rumengan Mandagi Tumbelaka Lontoh Sinaga
""".split()  # noqa: SIM905 - lists are read more easily as text

PLACES = """
Jakarta Bandung Bekasi Bogor Cirebon Garut Semarang Surakarta Magelang Purwokerto Yogyakarta
Surabaya Malang Sidoarjo Banyuwangi Madiun Kediri Serang Tangerang Medan Pematangsiantar Padang
Bukittinggi Palembang Pekanbaru Jambi Lampung Belitung Pontianak Samarinda Banjarmasin Makassar
Bantaeng Pangkajene Kendari Manado Ambon Ternate Sorong Jayapura Denpasar Mataram Kupang
""".split()  # noqa: SIM905 - lists are read more easily as text

UNIVERSITIES = (
    "Universitas Contoh Nusantara",
    "Universitas Contoh Merdeka",
    "Institut Contoh Teknologi",
    "Politeknik Contoh Negeri",
    "Sekolah Tinggi Contoh Administrasi",
)


def full_name(rng: random.Random, sex: str) -> str:
    """A name in one of the ways that occur: one word, two or three, or with a clan's name."""
    first = MALE if sex == "L" else FEMALE
    last = MALE_LAST if sex == "L" else FEMALE_LAST
    kind = rng.random()
    if kind < 0.06:
        return rng.choice(last)
    if kind < 0.22:
        return f"{rng.choice(first)} {rng.choice(CLANS)}"
    if kind < 0.72:
        return f"{rng.choice(first)} {rng.choice(last)}"
    one, two = rng.sample(first, 2)
    return f"{one} {two} {rng.choice(last)}"
